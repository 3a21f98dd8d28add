"""Who fits what a buyer asks, why, and what is missing."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from buyers.models import Need
from marketplace.matching.buyer_sentences import fit_sentences, lack_sentence
from marketplace.matching.needs import codes_of_text, fits_of_suppliers, read_request, suppliers_that_fit
from tests.factories import MembershipFactory, NeedFactory, SupplierFactory

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def asked(**changes):
    fields = {
        "title": "Entretien ménager de la bibliothèque",
        "codes": ["76111500"],
        "region": "04",
        "mrc": "371",
    }
    return read_request(**(fields | changes))


def cleaner(**fields):
    defaults = {"offers": [("Entretien ménager", "76111500")], "serves": ["R04"], "activity": ""}
    return SupplierFactory(**(defaults | fields))


def test_suppliers_come_in_order_with_what_is_missing(django_assert_max_num_queries):
    here = cleaner(proved=6)
    small = cleaner(capacity=20_000)
    elsewhere = cleaner(serves=["R13"])
    cleaner(offers=[("Traiteur", "90101600")])
    request = asked(amount=Decimal(60_000))
    with django_assert_max_num_queries(6):
        fits = suppliers_that_fit(request, user=NOBODY)
    assert [(fit.supplier, fit.lacks) for fit in fits] == [
        (here, []),
        (small, ["too_large", "unverified"]),
        (elsewhere, ["elsewhere", "unverified"]),
    ]
    assert [fit.is_ready for fit in fits] == [True, False, False]
    large = suppliers_that_fit(asked(amount=Decimal(1_500_000)), user=NOBODY)
    assert all("authorisation" in fit.lacks for fit in large)
    assert set(fits_of_suppliers(request, suppliers=[elsewhere.pk], user=NOBODY)) == {elsewhere.pk}


def test_a_title_without_codes_is_read_by_the_lexicon():
    assert "90101600" in {code[:8] for code in codes_of_text("traiteur")} or codes_of_text("traiteur")
    caterer = cleaner(offers=[("Repas du midi", codes_of_text("traiteur")[0])])
    request = read_request(title="Traiteur pour le conseil", region="04", mrc="371")
    assert [fit.supplier for fit in suppliers_that_fit(request, user=NOBODY)] == [caterer]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_reasons_and_lacks_speak_of_the_supplier(language):
    cleaner(capacity=20_000)
    cleaner(serves=["R13"], capacity=None)
    cleaner(serves=[])
    fits = suppliers_that_fit(asked(amount=Decimal(60_000)), user=NOBODY)
    with translation.override(language):
        said = [[*fit_sentences(fit), *(lack_sentence(lack, fit) for lack in fit.lacks)] for fit in fits]
    assert len(said) == 3
    assert all(lines and all(lines) for lines in said)
    text = " ".join(line for lines in said for line in lines)
    assert "Vous" not in text
    assert "votre fiche" not in text
    assert ("20\u00a0000" if language == "fr" else "20,000") in text


def test_a_need_for_those_whom_it_fits_shows_to_them_alone():
    need = NeedFactory(audience="fitting", unspsc=["76111500"])
    anywhere = NeedFactory(audience="fitting", unspsc=[], mrc=None, region=None)
    people = {
        name: MembershipFactory(organisation=cleaner(**fields).organisation).user
        for name, fields in {
            "here": {},
            "family": {"offers": [("Vitres", "76112300")], "serves": ["371"]},
            "elsewhere": {"serves": ["R13"]},
            "trade": {"offers": [("Traiteur", "90101600")]},
            "draft": {"status": "draft"},
        }.items()
    }
    seen = {name for name, person in people.items() if need in Need.objects.visible_to(person)}
    assert seen == {"here", "family"}
    assert anywhere in Need.objects.visible_to(people["elsewhere"])
    assert not Need.objects.visible_to(NOBODY).exists()
