"""« Mes alertes », « Mes courriels » and the mailed links: GET shows, POST acts, strangers see nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import Consent
from marketplace.matching.alerts import reading, verbs
from marketplace.matching.alerts.verbs import Profile
from marketplace.matching.models import Alert, AlertDigest, AlertReader, PendingNotice, PreferenceLink
from marketplace.matching.saved_searches.verbs import stop_path as search_stop_path
from marketplace.outbox.models import Message
from suppliers.models import Status
from tests.factories import BuyerFactory, SupplierFactory, TenderFactory, UserFactory
from tests.matching.factories import alert_for, alert_mail, announce, member_of, own_alert, suggestion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_reasons")]

PAGE, NEW = "/mon-espace/alertes/", "/mon-espace/alertes/nouvelle/"
WHEN = {"frequency": "daily", "at": "06:30", "weekday": "0"}
ASKED = {**WHEN, "minimum_fit": "40", "save": "1"}


@pytest.fixture
def supplier():
    return SupplierFactory(name="Atelier Les Trois Rives")


@pytest.fixture
def member(supplier, client):
    user = member_of(supplier)
    client.force_login(user)
    return user


def read(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


# --- Asking -------------------------------------------------------------------------------------------------------------


def test_form_offers_an_unticked_box_and_keeps_the_words_shown(client, supplier, member):
    html = read(client.get(NEW))
    assert str(verbs.CONSENT_WORDING).replace("\u00a0", " ") in html
    box = html[html.index('name="consent"') :]
    assert "checked" not in box[: box.index(">")]
    asked = {**ASKED, "supplier": supplier.pk, "minimum_fit": "40", "at": "14:00"}
    assert "Cochez la case pour accepter" in read(client.post(NEW, asked))
    assert not Alert.objects.exists()
    client.post(NEW, {**asked, "consent": "on"})
    alert = Alert.objects.get()
    assert (alert.supplier, alert.minimum_fit, alert.at.hour, alert.label) == (
        supplier,
        40,
        14,
        supplier.organisation.name,
    )
    assert Consent.objects.get().wording == str(verbs.CONSENT_WORDING)
    assert 'name="consent"' not in read(client.get(NEW))
    shown = read(client.get(PAGE))
    assert "Prochain courriel" in shown
    supplier.status = Status.DRAFT
    supplier.save()
    assert "commencera à sa publication" in read(client.get(PAGE))
    assert "Prochain courriel" in read(client.get("/mon-espace/"))


def test_who_left_the_enterprise_sees_nothing_of_it_and_hears_nothing(client, supplier, member):
    alert = alert_for(supplier, user=member)
    tender = TenderFactory(title="Ce qui convient à l’entreprise")
    suggestion(supplier, tender)
    assert tender.title in read(client.get(f"{PAGE}{alert.pk}/"))
    member.memberships.all().delete()
    assert "n’envoie plus rien" in read(client.get(PAGE))
    for answer in (
        client.get(f"{PAGE}{alert.pk}/"),
        client.post(f"{PAGE}{alert.pk}/", {**ASKED, "preview": "1"}),
    ):
        assert tender.title not in read(answer)
    assert announce(tender) == 0
    assert reading.feed_notices(member) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"frequency": "hourly"}, "Choisissez à quelle fréquence"),
        ({"codes": "7210, abc"}, "« abc » n’est pas un code UNSPSC"),
        ({"words": "de la"}, "ne contient aucun mot à chercher"),
        ({"amount_from": "100", "amount_to": "50"}, "plus petit que le premier"),
        ({"amount_from": "NaN"}, "nombre"),
        ({"amount_to": "9" * 60}, "chiffres"),
        ({"buyers": "Ville de Nulle-Part\x00"}, "Aucun acheteur ne s’appelle"),
        ({"buyers": "Ville de Saint"}, "Plusieurs acheteurs répondent"),
        ({"regions": "99"}, "99"),
        ({"at": "25:99"}, "25:99"),
        ({"weekday": "9"}, "9"),
        ({"supplier": "999999"}, "999999"),
        ({"minimum_fit": "0"}, "enverrait tous les avis"),
    ],
)
def test_form_says_what_cannot_be_read_and_keeps_the_rest(client, supplier, member, typed, said):
    for name in ("Ville de Saint-Alban", "Ville de Saint-Élie"):
        BuyerFactory(name=name)
    asked = {
        **ASKED,
        "supplier": supplier.pk,
        "minimum_fit": "40",
        "name": "Gardée",
        "consent": "on",
        **typed,
    }
    html = read(client.post(NEW, asked))
    assert said in html
    assert "Gardée" in html
    assert not Alert.objects.exists()


def test_form_of_an_alert_changes_pauses_resumes_stops_and_deletes(client, supplier, member):
    alert = alert_for(supplier, "weekly", member)
    PendingNotice.objects.create(alert=alert, tender=TenderFactory())
    page = f"{PAGE}{alert.pk}/"
    assert "1 avis en attente" in read(client.get(PAGE))
    client.post(page, {**ASKED, "words": "ménage", "minimum_fit": "60", "name": "Ménage"})
    alert.refresh_from_db()
    assert (alert.words, alert.minimum_fit, alert.frequency, alert.name) == ("ménage", 60, "daily", "Ménage")
    client.post(page, {"pause": "1", "paused_until": "2026-02-31"})
    assert "En pause" in read(client.get(PAGE))
    client.post(page, {"resume": "1"})
    client.post(page, {"pause": "1", "paused_until": "2020-01-01"})
    alert.refresh_from_db()
    assert not alert.is_paused
    client.post(page, {"stop": "1"})
    assert not Consent.objects.standing().exists()
    assert "Cochez la case" in read(client.post(page, {"resume": "1"}, follow=True))
    client.post(page, {"resume": "1", "consent": "on"})
    assert Alert.objects.active().exists()
    client.post(page, {"delete": "1"})
    assert client.post(page, {"delete": "1"}).status_code == 404  # the same button in another tab


def test_only_its_person_opens_an_alert_and_staff_see_no_word_of_it(client, platform_admin):
    alert = own_alert(UserFactory(), words="secret d’achat", name="Mon secret")
    for person in (UserFactory(), platform_admin):
        client.force_login(person)
        assert client.get(f"{PAGE}{alert.pk}/").status_code == 404
        assert client.post(f"{PAGE}{alert.pk}/", {"stop": "1"}).status_code == 404
    verbs.change_alert(alert=alert, profile=Profile(words="autre secret", name="Un secret"), by=alert.user)
    own = f"/gestion/matching/alert/{alert.pk}"
    for page in (f"{own}/change/", f"{own}/history/", "/gestion/matching/alert/"):
        assert "secret" not in read(client.get(page))


def test_list_of_notices_leads_to_an_alert_with_its_filters(client, member, supplier):
    listed = read(client.get("/appels-doffres/?q=ménager&region=04&methode=public"))
    address = "/mon-espace/recherches/enregistrer/?liste=avis&q=m%C3%A9nager&region=04&methode=public"
    assert address.replace("&", "&amp;") in listed
    TenderFactory(title="Entretien ménager d’une école")
    html = read(client.get(f"{address}&cloture_avant=2026-12-31", follow=True))
    assert 'value="ménager"' in html
    assert "Entretien ménager d’une école" in html
    assert "La date de clôture n’est pas gardée" in html


# --- Preview ------------------------------------------------------------------------------------------------------------


def test_preview_warns_and_proposes_less_then_more_without_keeping_anything(client, member, supplier):
    tenders = TenderFactory.create_batch(151, title="Entretien ménager", region_id="04", unspsc=["76111500"])
    type(tenders[0]).objects.filter(pk__in=[t.pk for t in tenders[:30]]).update(region_id="06")
    asked = {**WHEN, "words": "ménager", "supplier": "0", "minimum_fit": "0"}
    html = read(client.post(NEW, {**asked, "preview": "1"}))
    assert "Vous auriez reçu ces 151 avis des 30 derniers jours" in html
    assert "C’est beaucoup : environ 5 avis par jour" in html
    assert "Seulement 06 Montréal : 30 avis" in html
    assert "J’accepte" in html
    assert "Cochez la case" not in html  # nothing is asked yet
    html = read(client.post(NEW, {**asked, "change": "regions:06"}))
    assert "ces 30 avis" in html
    assert "C’est beaucoup" not in html
    html = read(client.post(NEW, {**asked, "regions": ["13"], "preview": "1"}))
    assert "Aucun avis n’y aurait répondu" in html
    assert "Dans tout le Québec : 151 avis" in html
    assert "ces 151 avis" in read(client.post(NEW, {**asked, "regions": ["13"], "change": "regions:"}))
    suggestion(supplier, tenders[0])
    lost = {**asked, "words": "zzzz", "supplier": supplier.pk}
    assert "Les avis qui conviennent à notre entreprise : 1 avis" in read(
        client.post(NEW, {**lost, "preview": "1"})
    )
    assert "cet avis des 30 derniers jours" in read(client.post(NEW, {**lost, "change": "suited:"}))
    for nonsense in ("", "x", "buyers:99999999999999999999", "regions:<b>", "codes:'"):
        assert client.post(NEW, {**asked, "change": nonsense}).status_code == 200
    assert not Alert.objects.exists()


# --- Mailed links ---------------------------------------------------------------------------------------------------------


def robot() -> Client:
    return Client(enforce_csrf_checks=True)


def test_stop_links_only_show_a_button_and_act_in_one_click_without_cookie(client):
    """RFC 8058, as a mail program does it; doing it twice is no fault, and a scanner that opens links stops nothing."""
    alert, other = alert_for(SupplierFactory(name="Café Boréal")), alert_for()
    second = alert_for(SupplierFactory(name="Coop du Rang"), user=alert.user)
    shown = read(client.get(verbs.stop_path([alert.pk])))
    assert "Arrêter ces courriels?" in shown
    assert "Café Boréal" in shown
    assert "Coop du Rang" not in shown
    client.get(verbs.stop_all_path(alert.user))
    assert Alert.objects.active().count() == 3
    for _ in range(2):
        response = robot().post(verbs.stop_path([alert.pk]), {"List-Unsubscribe": "One-Click"})
        assert "Ces courriels sont arrêtés" in read(response)
    assert set(Alert.objects.active()) == {other, second}
    assert "Coop du Rang" in read(robot().post(verbs.stop_all_path(alert.user)))
    assert list(Alert.objects.active()) == [other]
    assert not Consent.objects.standing().filter(user=alert.user).exists()
    Alert.objects.filter(pk=other.pk).update(former_search=77)
    robot().post(search_stop_path([77]))  # of a mail sent while it was a saved search
    assert not Alert.objects.active().exists()


@pytest.mark.parametrize(
    "name",
    [
        "unsubscribe",
        "stop_all",
        "stop_searches",
        "stop_new_suppliers",
        "mail_preferences",
        "digest",
        "confirm_address",
    ],
)
def test_broken_links_say_so_and_change_nothing(client, name):
    alert_for()
    for token in ("x", "1.abc", "1.2.3", "%00"):
        response = client.get(reverse(f"matching:{name}", kwargs={"token": token}))
        assert response.status_code == 404
        assert "Rien n’a changé" in read(response)
    assert Alert.objects.active().exists()


def test_preference_link_shows_one_kind_signs_nobody_in_and_is_revoked(client):
    alert = alert_for(SupplierFactory(name="Café Boréal"))
    message = alert_mail(alert, [suggestion(alert.supplier)])
    link = PreferenceLink.objects.get()
    path = reverse("matching:mail_preferences", args=[link.token])
    assert path in message.text
    html = read(client.get(path))
    assert "Café Boréal" in html
    assert alert.user.email not in html
    assert "Nouveaux fournisseurs" not in html
    assert client.get("/mon-espace/courriels/").status_code == 302  # still a stranger
    client.post(path, {"item": alert.pk, "rhythm": "1", "frequency": "weekly"})
    client.post(path, {"pause": "1", "paused_until": (timezone.localdate() + timedelta(days=9)).isoformat()})
    alert.refresh_from_db()
    assert (alert.frequency, alert.is_paused) == ("weekly", True)
    assert "Tout mettre en pause" in html
    assert "Finir la pause" in read(client.get(path))
    client.post(path, {"resume": "1"})
    client.post(path, {"item": alert_for().pk, "stop": "1"})  # somebody else's
    assert Alert.objects.active().count() == 2
    client.post(path, {"item": alert.pk, "rhythm": "1", "frequency": "hourly"})
    client.post(path, {"item": alert.pk, "stop": "1"})
    alert.refresh_from_db()
    assert (alert.frequency, alert.is_paused, bool(alert.stopped_at)) == ("weekly", False, True)
    client.force_login(alert.user)
    client.post("/mon-espace/courriels/", {"renew": "1"})
    assert client.get(path).status_code == 404


def test_my_mails_lists_every_kind_and_stops_all_of_one(client, member, supplier):
    alert_for(supplier, user=member)
    own_alert(member, words="ménage")
    html = read(client.get("/mon-espace/courriels/"))
    for title in (
        "Alertes d’avis publics",
        "Recherches de fournisseurs",
        "Nouveaux fournisseurs",
        "Avis suivis",
    ):
        assert title in html
    client.post("/mon-espace/courriels/", {"kind": "alerts", "stop_all": "1"})
    assert not Alert.objects.active().exists()
    assert not Consent.objects.standing().exists()


# --- The page of a mail, another address, feeds ---------------------------------------------------------------------------


def test_page_of_a_mail_shows_that_mail_as_it_stands_today(client):
    alert = alert_for(SupplierFactory(name="Café Boréal"))
    kept, over = (TenderFactory(title=title) for title in ("Encore ouvert", "Fermé depuis"))
    alert_mail(alert, [suggestion(alert.supplier, tender) for tender in (kept, over)])
    TenderFactory(title="Un autre avis")
    over.closes_at = timezone.now() - timedelta(hours=1)
    over.save()
    path = reverse("matching:digest", args=[AlertDigest.objects.get().token])
    html = read(client.get(path))
    assert "Encore ouvert" in html
    assert "Fermé depuis" in html
    assert "On peut encore répondre à 1 avis" in html
    assert "Même code que votre offre" in html
    assert "Un autre avis" not in html
    assert alert.user.email not in html
    alert.user.memberships.all().delete()
    html = read(client.get(path))
    assert "Même code que votre offre" not in html  # the enterprise's own, once one has left it
    alert.user.is_active = False
    alert.user.save()
    assert client.get(path).status_code == 404


def test_other_address_gets_mail_once_confirmed_by_a_button(client, member, supplier):
    alert = alert_for(supplier, user=member)
    page = "/mon-espace/alertes/adresse/"
    assert "déjà l’adresse de votre compte" in read(client.post(page, {"address": member.email}))
    client.post(page, {"address": "equipe@exemple.test"})
    token = AlertReader.objects.get().address_token
    message = Message.objects.get(kind="alerts.confirm_address")
    assert message.address == "equipe@exemple.test"
    link = reverse("matching:confirm_address", args=[token])
    assert link in message.text
    assert member.last_name not in message.text
    assert "Confirmer cette adresse?" in read(client.get(link))
    assert alert_mail(alert, [suggestion(supplier)]).address == member.email
    client.post(link)
    assert client.post(link).status_code == 404
    alert = Alert.objects.get()
    assert alert_mail(alert, [suggestion(supplier)], "2").address == "equipe@exemple.test"
    client.post(page, {"drop": "1"})
    alert = Alert.objects.get()
    assert alert_mail(alert, [suggestion(supplier)], "3").address == member.email


def test_feeds_open_by_a_secret_address_until_it_is_changed(client, member):
    own_alert(member, words="ménager")
    TenderFactory(title="Entretien ménager\x0b d’une école <b>")
    TenderFactory(title="Toiture")
    client.post("/mon-espace/alertes/flux/", {"open": "1"})
    token = AlertReader.objects.get().feed_token
    client.logout()
    rss = client.get(f"/avis-pour-moi/{token}.xml").content.decode()
    calendar = client.get(f"/avis-pour-moi/{token}.ics").content.decode()
    for text in (rss, calendar):
        assert "Entretien ménager" in text
        assert "Toiture" not in text
        assert member.email not in text
    assert "<b>" not in rss
    reading.renew_feeds(user=member, by=member)
    assert client.get(f"/avis-pour-moi/{token}.xml").status_code == 404
    reading.close_feeds(user=member, by=member)
    assert client.get("/avis-pour-moi/None.xml").status_code == 404


def test_announced_notice_reaches_the_feed_and_the_mail_alike(member):
    own_alert(member, words="ménager")
    tender = TenderFactory(title="Entretien ménager")
    assert announce(tender) == 1
    assert reading.feed_notices(member) == [tender]
