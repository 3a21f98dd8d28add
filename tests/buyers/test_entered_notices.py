"""A notice that staff enter by hand: public at once, with its versions, under the pôle's name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from buyers.feeds.entering import publish_entered_notice
from buyers.models import EnteredNotice, Tender
from marketplace.web.errors import NotAllowed
from tests.factories import BuyerFactory, EnteredNoticeFactory, PolePostFactory, pole
from tests.web.versions import page_forms

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    person = PolePostFactory().user
    client.force_login(person)
    return person


def typed(**changes):
    closes = timezone.localtime() + timedelta(days=9)
    said = {
        "title": "Déneigement de deux stationnements", "buyer": "", "buyer_name": "Ville de Shawinigan",
        "method": "limited", "closes_at": f"{closes:%Y-%m-%d}T14:00", "mrc": "36",
        "description": "", "category": "", "unspsc": "", "reference": "", "url": "", "pole": "mauricie",
    }  # fmt: skip
    return said | changes


def test_a_notice_is_entered_in_one_form_and_each_save_is_a_version(client, staff):
    add = reverse("admin:buyers_enterednotice_add")
    assert client.post(add, typed(unspsc="72154501")).status_code == 302
    notice = EnteredNotice.objects.get()
    tender = notice.tender
    assert (tender.method, tender.region_id, tender.mrc_id, tender.unspsc, notice.created_by) == (
        "limited", "04", "36", ["72154501"], staff,
    )  # fmt: skip
    page = client.get(reverse("tenders:tender", args=[tender.ocid])).content.decode()
    assert "Saisi par" in page
    assert "Sur invitation" in page

    change = reverse("admin:buyers_enterednotice_change", args=[notice.pk])
    form = next(
        form for form in page_forms(client.get(change)) if any(n == "title" for n, _v in form["fields"])
    )
    said = dict(form["fields"])
    client.post(change, said)  # the same again
    assert tender.versions.count() == 1
    client.post(change, said | {"title": "Déneigement de trois stationnements", "is_cancelled": "on"})
    tender.refresh_from_db()
    assert (tender.versions.count(), tender.title, tender.status) == (
        2, "Déneigement de trois stationnements", Tender.Status.CANCELLED,
    )  # fmt: skip


def test_what_is_missing_or_wrong_is_said_and_nothing_is_published(client, staff):
    add = reverse("admin:buyers_enterednotice_add")
    for wrong in (
        {"buyer_name": ""},
        {"unspsc": "7215450A"},
        {"title": ""},
        {"pole": "laval"},
        {"mrc": "65"},
    ):
        assert client.post(add, typed(**wrong)).status_code == 200
    assert not Tender.objects.exists()


def test_an_institution_that_is_known_is_tied_and_another_pole_may_not(staff):
    buyer = BuyerFactory(name="Ville de Louiseville")
    notice = EnteredNoticeFactory(buyer=buyer, buyer_name="")

    tender = publish_entered_notice(notice=notice, by=staff)

    assert tender.buyer == buyer
    elsewhere = PolePostFactory(pole=pole("laval")).user
    with pytest.raises(NotAllowed):
        publish_entered_notice(notice=notice, by=elsewhere)
