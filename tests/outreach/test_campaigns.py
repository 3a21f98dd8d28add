"""A campaign: whom it finds, to whom it writes, who refuses, and what came of it, counted from what happened."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.consents import give_consent, withdraw_consent
from marketplace.accounts.models import Consent
from marketplace.outbox.decisions import why_decisions_fell
from marketplace.outbox.models import Message
from marketplace.outreach.campaigns.results import PARTS, count_results, rows_behind
from marketplace.outreach.campaigns.running import begin_campaign, send_campaign_letters
from marketplace.outreach.models import Approach, Campaign, CampaignMember, ContactEntry, LetterRefusal
from marketplace.outreach.pipeline.following import start_approach
from marketplace.outreach.writing.purposes import address_digest
from tests import factories
from tests.admin.conftest import signed_in
from tests.web.versions import posted_back

pytestmark = pytest.mark.django_db


def campaign(by, **fields):
    values = {"pole": factories.pole("mauricie"), "name": "Tournée", "purpose": "Oui."} | fields
    return begin_campaign(campaign=Campaign(**values), by=by)


def test_audience_is_counted_then_added_once_and_never_beyond_the_territory(pole_staff):
    for name, mrc in (("Ville A", "51"), ("Ville B", "36"), ("Ville de Laval", "65")):
        factories.BuyerFactory(name=name, organisation__mrc_id=mrc)
    run = campaign(pole_staff)
    client, page = signed_in(pole_staff), reverse("outreach_admin:audience", args=[run.pk])
    asked = {"source": "buyers", "q": "ville"}
    assert client.post(page, asked | {"try": "1"}).context["found"] == 2
    assert not Approach.objects.exists()
    for _time in range(2):
        client.post(page, asked | {"add": "1"})
    assert sorted(run.members.values_list("approach__organisation__name", flat=True)) == [
        "Ville A",
        "Ville B",
    ]
    foreign = signed_in(factories.PolePostFactory(pole=factories.pole("laval")).user)
    assert foreign.post(page, asked | {"add": "1"}).status_code == 404
    assert client.get(reverse("outreach_admin:calls") + f"?campagne={run.pk}").context["left"] == 2


def test_a_platform_admin_adds_nobody_of_another_pole(platform_admin):
    for name, mrc in (("Ville A", "51"), ("Ville de Laval", "65")):
        factories.BuyerFactory(name=name, organisation__mrc_id=mrc)
    run = campaign(platform_admin)
    client, page = signed_in(platform_admin), reverse("outreach_admin:audience", args=[run.pk])
    assert client.post(page, {"source": "buyers", "try": "1"}).context["names"] == ["Ville A"]
    client.post(page, {"source": "buyers", "add": "1"})
    assert run.members.get().approach.organisation.name == "Ville A"


def test_a_second_click_begins_no_second_campaign(pole_staff):
    client, page = signed_in(pole_staff), reverse("admin:outreach_campaign_add")
    sent = posted_back(client.get(page), having="means") | {"name": ["Tournée"], "purpose": ["Oui."]}
    for said in ("Tournée", "tournée"):
        answer = client.post(page, sent | {"name": [said]}, follow=True)
    assert "porte déjà ce nom" in answer.content.decode()
    assert Campaign.objects.count() == 1


def test_letters_go_to_who_agreed_and_stop_at_once(pole_staff):
    run = campaign(
        pole_staff, letter_subject="Un besoin?", letter_text="Bonjour.", is_open=True, title="Oui", text="Oui"
    )
    today = timezone.localdate()
    LetterRefusal.objects.create(purpose="pole_news", digest=address_digest("zoe2@zacharie.test"))
    for n, agreed in enumerate((today, None, today)):
        row, _new = start_approach(
            organisation=factories.OrganisationFactory(), side="buying", by=pole_staff,
            known={"contact_email": f"zoe{n}@zacharie.test", "consent_on": agreed, "consent_how": "Oui" if agreed else ""},
        )  # fmt: skip
        CampaignMember.objects.create(campaign=run, approach=row)
    assert [send_campaign_letters(campaign=run, by=pole_staff) for _time in range(2)] == [1, 0]
    letter = Message.objects.get(kind="outreach.campaign")
    assert (letter.address, ContactEntry.objects.get().kind) == ("zoe0@zacharie.test", "mail")
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    refuse = "/campagnes/ne-plus-ecrire/" + letter.text.partition("ne-plus-ecrire/")[2].split("/")[0] + "/"
    anyone = Client(enforce_csrf_checks=True)
    assert "Retirer mon accord" in anyone.get(refuse).content.decode()
    assert Approach.objects.exclude(consent_on=None).exists(), "a GET only shows"
    assert why_decisions_fell([letter.decision]) == {}
    anyone.post(refuse)
    assert list(why_decisions_fell([letter.decision])) == [letter.decision], "what has not left stays"
    assert list(Approach.objects.exclude(consent_on=None).values_list("contact_email", flat=True)) == [
        "zoe2@zacharie.test"
    ]
    assert anyone.get("/campagnes/ne-plus-ecrire/faux/").status_code == 404


def agreed(run, by, address, **known):
    known = {"contact_email": address, "consent_on": timezone.localdate(), "consent_how": "Oui", **known}
    row, _new = start_approach(
        organisation=factories.OrganisationFactory(), side="buying", by=by, known=known
    )
    return CampaignMember.objects.create(campaign=run, approach=row)


def test_who_took_back_their_consent_to_news_gets_no_campaign_until_they_agree_again(pole_staff):
    run = campaign(pole_staff, letter_subject="Un besoin?", letter_text="Bonjour.")
    people = [factories.UserFactory() for _n in range(3)]
    for person in people:
        give_consent(user=person, purpose=Consent.Purpose.POLE_NEWS, wording="Oui.", by=person)
        agreed(run, pole_staff, person.email)
    withdraw_consent(user=people[0], purpose=Consent.Purpose.POLE_NEWS, by=people[0])
    assert send_campaign_letters(campaign=run, by=pole_staff) == 2
    withdraw_consent(user=people[1], purpose=Consent.Purpose.POLE_NEWS, by=people[1])
    waiting = dict(Message.objects.filter(kind="outreach.campaign").values_list("address", "decision"))
    assert list(why_decisions_fell(waiting.values())) == [waiting[people[1].email]]
    Consent.objects.filter(user=people[0]).update(withdrawn_at=timezone.now() - timedelta(days=2))
    assert send_campaign_letters(campaign=run, by=pole_staff) == 1, "agreed since"


def test_an_old_page_writes_nothing_that_was_not_read_and_no_other_pole_gets_the_audience(pole_staff):
    run = campaign(pole_staff, letter_subject="Un besoin?", letter_text="Bonjour.")
    agreed(run, pole_staff, "zoe@zacharie.test")
    factories.PolePostFactory(user=pole_staff, pole=factories.pole("laval"))
    pole_staff.forget_roles()
    client, page = signed_in(pole_staff), reverse("outreach_admin:campaign", args=[run.pk])
    edit = reverse("admin:outreach_campaign_change", args=[run.pk])
    old = client.get(page).context["seen"]
    said = posted_back(client.get(edit)) | {"letter_text": ["Autre chose."], "pole": ["laval"]}
    client.post(edit, said)
    run.refresh_from_db()
    assert (run.letter_text, run.pole_id) == ("Autre chose.", "mauricie")
    send = reverse("outreach_admin:campaign_letters", args=[run.pk])
    for seen in (old, ""):
        assert "Relisez-le" in client.post(send, {"seen": seen}, follow=True).content.decode()
    assert not Message.objects.filter(kind="outreach.campaign").exists()
    client.post(send, {"seen": client.get(page).context["seen"]})
    assert Message.objects.get(kind="outreach.campaign").address == "zoe@zacharie.test"


def test_figures_are_counted_from_rows_of_the_audience_since_it_began(pole_staff):
    today = timezone.localdate()
    run = campaign(pole_staff, starts_on=today)
    shops = [factories.BuyerFactory(name=f"Ville {n}") for n in "ab"]
    row, _new = start_approach(organisation=shops[0].organisation, side="buying", by=pole_staff)
    CampaignMember.objects.create(campaign=run, approach=row)
    for shop in shops:  # the second is not of the audience
        factories.MembershipFactory(organisation=shop.organisation)
        factories.NeedFactory(buyer=shop, published_at=timezone.now())
    factories.NeedFactory(buyer=shops[0], published_at=timezone.now() - timedelta(days=9))
    Approach.objects.filter(pk=row.pk).update(committed_on=today, promise="Oui")
    for result in ("no_answer", "reached"):
        ContactEntry.objects.create(
            organisation=shops[0].organisation, pole=run.pole, kind="call", direction="out", result=result
        )
    figures = count_results(run)
    assert figures == {
        "reached": 1, "answered": 1, "registered": 1, "committed": 1, "needs": 1, "contracts": 0,
    }  # fmt: skip
    assert {figure: len(rows_behind(run, figure)) for figure in PARTS} == figures


def test_the_page_is_everyones_once_it_is_open(pole_staff):
    run = campaign(
        pole_staff,
        title="Achetez autrement",
        text="Un besoin.",
        title_en="Buy differently",
        text_en="A need.",
    )
    assert Client().get(f"/campagnes/{run.slug}/").status_code == 404
    assert "pas ouverte au public" in signed_in(pole_staff).get(f"/campagnes/{run.slug}/").content.decode()
    Campaign.objects.update(is_open=True)
    assert "Un besoin." in Client().get(f"/campagnes/{run.slug}/").content.decode()
    assert "Buy differently" in Client().get(f"/en/campaigns/{run.slug}/").content.decode()
    Campaign.objects.update(
        starts_on=timezone.localdate() - timedelta(days=9), ends_on=timezone.localdate() - timedelta(days=1)
    )
    assert Client().get(f"/campagnes/{run.slug}/").status_code == 404
