"""What enterprises read by mail, in their language."""

import pytest

from cohorts.admission import accept_application, apply_to_cohort, decline_application, withdraw_application
from cohorts.models import Cohort
from marketplace.outbox.models import Message
from tests import factories as people

from . import factories

pytestmark = pytest.mark.django_db


def mail(kind, person):
    return Message.objects.get(kind=f"cohorts.{kind}", recipient=person)


def plain(message):
    return message.text.replace("\u00a0", " ")


def join(cohort, language="fr", name=None):
    supplier, member = factories.enterprise(name)
    member.language = language
    member.save()
    return apply_to_cohort(cohort=cohort, supplier=supplier, by=member, motivation="Vendre.")


def test_acceptance_is_said_in_both_languages():
    cohort = factories.CohortFactory(title="Vendre au public", title_en="Selling to the public sector")
    french, english = join(cohort, name="Aube"), join(cohort, "en", name="Brunante")
    letter = mail("accepted", french.by)
    assert letter.title.replace("\u00a0", " ") == "Votre place est confirmée : Vendre au public"
    assert "Aube a sa place dans la cohorte." in plain(letter)
    assert f"/mon-espace/cohortes/{french.pk}/" in letter.text
    assert letter.pole_id == "mauricie"
    letter = mail("accepted", english.by)
    assert letter.title == "Your place is confirmed: Selling to the public sector"
    assert "Brunante has a place in the cohort." in plain(letter)
    assert f"/en/my-space/cohorts/{english.pk}/" in letter.text
    assert letter.headers["Content-Language"] == "en-CA"
    assert "a sa place" not in letter.html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_mail_is_written_whole(language, pole_staff):
    """Each kind, in a language: a title, the enterprise, a link to the request, and no word of the other language."""
    cohort = factories.CohortFactory(places=1, admission=Cohort.Admission.SELECTION)
    a, b, c = (join(cohort, language) for _n in range(3))
    accept_application(application=a, by=pole_staff, message="Bienvenue.")
    accept_application(application=b, by=pole_staff)
    decline_application(application=c, by=pole_staff, message="Pas cette fois.")
    withdraw_application(application=a, by=a.by)
    for kind, application in (
        ("received", a), ("accepted", a), ("received", b), ("waiting", b), ("offered", b), ("declined", c),
    ):  # fmt: skip
        letter = mail(kind, application.by)
        name = application.supplier.organisation.name
        for part in (letter.text, letter.html):
            assert name in part
            assert f"/{application.pk}/" in part
        assert ("Bonjour" in letter.text) == (language == "fr"), kind
    assert "Pas cette fois." in mail("declined", c.by).text
    assert "Bienvenue." in mail("accepted", a.by).html


def test_rank_is_said():
    cohort = factories.CohortFactory(places=1)
    join(cohort)
    second, third = join(cohort), join(cohort)
    assert "en tête de la liste" in plain(mail("waiting", second.by))
    assert "au rang 2 de la liste" in plain(mail("waiting", third.by))


def test_offer_says_until_when():
    cohort = factories.CohortFactory(places=1)
    first, second = join(cohort), join(cohort, "en")
    withdraw_application(application=first, by=first.by)
    second.refresh_from_db()
    letter = plain(mail("offered", second.by))
    assert "It is held for you until" in letter
    assert " pm" in letter or " am" in letter


def test_members_read_it_once_who_applied_has_left():
    cohort = factories.CohortFactory(places=1)
    first, second = join(cohort), join(cohort)
    colleague = people.MembershipFactory(organisation=second.supplier.organisation).user
    second.by.memberships.all().delete()
    withdraw_application(application=first, by=first.by)
    (letter,) = Message.objects.filter(kind="cohorts.offered")
    assert letter.recipient == colleague


def test_what_people_write_is_escaped_in_the_mail(pole_staff):
    cohort = factories.CohortFactory(admission=Cohort.Admission.SELECTION, title="<b>Vendre</b>")
    application = join(cohort, name="<script>x</script>")
    decline_application(application=application, by=pole_staff, message="<img src=x>")
    letter = mail("declined", application.by)
    assert "<script>" not in letter.html
    assert "<img src=x>" not in letter.html
    assert "<img src=x>" in letter.text
