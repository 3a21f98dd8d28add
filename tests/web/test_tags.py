import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from .clean import faults


def render(source: str, address: str = "/", **context: object) -> str:
    return Template(source).render(Context({"request": RequestFactory().get(address), **context}))


def test_icon_is_decoration_unless_it_has_a_label():
    assert 'aria-hidden="true"' in render('{% icon "search" %}')
    labelled = render('{% icon "cross" "i-s" label=words %}', words='Retirer "OBNL"')
    assert 'role="img" aria-label="Retirer &quot;OBNL&quot;"' in labelled
    assert 'class="i i-s"' in labelled


def test_icon_unknown_fails_where_it_is_written():
    with pytest.raises(KeyError):
        render('{% icon "licorne" %}')


@pytest.mark.parametrize("verdict", ["full", "part", "none"])
def test_knot_is_drawn_for_each_verdict(verdict):
    assert "<svg" in render("{% knot verdict %}", verdict=verdict)


@pytest.mark.parametrize("value", [None, "", "n/d", "NaN", float("inf")])
def test_money_of_nothing_is_nothing(value):
    assert render("{{ value|money }}{{ value|number }}", value=value) == ""


def test_number_is_grouped():
    assert render("{{ 11204|number }}") == "11\u00a0204"


def test_querystring_with_keeps_the_other_filters_and_their_values():
    link = render("{% querystring_with page=3 %}", "/?region=04&region=16&q=bois")
    assert link == "?region=04&amp;region=16&amp;q=bois&amp;page=3"


def test_querystring_with_another_filter_goes_back_to_the_first_page():
    assert render('{% querystring_with tri="nom" %}', "/?q=bois&page=7") == "?q=bois&amp;tri=nom"


def test_querystring_with_none_removes_and_empty_filters_leave_the_address():
    assert render("{% querystring_with q=None %}", "/?q=bois&region=&mrc=371") == "?mrc=371"


def test_querystring_with_a_list_sets_several_values():
    assert render("{% querystring_with region=codes %}", "/?region=01", codes=["04", "16"]) == (
        "?region=04&amp;region=16"
    )


def test_current_marks_the_page_and_its_section():
    assert render('{% current "/fournisseurs/" %}', "/fournisseurs/") == ' aria-current="page"'
    assert render('{% current "/fournisseurs/" %}', "/fournisseurs/abc/") == ' aria-current="true"'
    assert render('{% current "/fournisseurs/" %}', "/acheteurs/") == ""
    assert render('{% current "/" %}', "/acheteurs/") == ""


class Need(forms.Form):
    title = forms.CharField(label="Objet du besoin", help_text="Une phrase.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    form = forms.ChoiceField(
        label="Forme", choices=[("a", "OBNL"), ("b", "Mutuelle")], widget=forms.RadioSelect
    )
    themes = forms.MultipleChoiceField(
        label="Thèmes",
        choices=[("x", "Bois"), ("y", "Repas")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agree = forms.BooleanField(label="J’accepte", help_text="Vous pouvez arrêter.")
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)


FORM = """<html lang="fr-CA"><title>t</title><h1>t</h1><form>{% include "web/_error_summary.html" %}
{% for field in form %}{% include "web/_form_field.html" %}{% endfor %}</form></html>"""


def test_form_fields_are_labelled_and_described():
    html = render(FORM, form=Need())
    assert faults(html) == []
    assert html.count("(facultatif)") == 2
    assert 'aria-describedby="id_title_helptext"' in html
    assert "err-sum" not in html


def test_form_faults_are_summed_up_linked_and_told_beside_the_field():
    html = render(FORM, form=Need({"form": "z"}))
    assert faults(html) == []
    assert 'tabindex="-1" autofocus' in html
    assert 'href="#id_title"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_title_error"' in html
    assert "3 points à corriger" in html


def test_form_fault_alone_is_counted_in_the_singular():
    html = render(FORM, form=Need({"title": "Bancs", "form": "a"}))
    assert "Un point à corriger" in html


def test_text_in_components_is_escaped():
    html = render(
        '{% include "web/_note.html" with kind="no" title=t text=t %}{% include "web/_badge.html" with kind="ok" text=t %}'
        '{% include "web/_empty.html" with title=t text=t %}',
        t="<script>alert()</script>",
    )
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 5
