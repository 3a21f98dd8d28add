"""Two profiles, a preview that is narrowed, one mail that names both, a stop without signing in; a followed notice moves."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from marketplace.dealings.interests.closing import tell_closings
from marketplace.dealings.interests.follows import tell_followers
from marketplace.matching.alerts.digests import announce_notices, write_due_emails
from marketplace.matching.models import Alert, AlertDigest, PreferenceLink
from marketplace.outbox.models import Message
from tests import factories
from tests.dealings.test_interests import add_version
from tests.scenario.test_three_errands import CLEANING

from .people import Stage

DAILY = timedelta(days=1, minutes=5)


def test_two_alerts_one_mail_and_a_stop_without_signing_in(stage: Stage) -> None:
    supplier = factories.SupplierFactory(name="Propreté du Cap", offers=CLEANING, serves=["R04"])
    factories.TenderFactory.create_batch(151, title="Entretien ménager de bureaux", region_id="06")
    factories.TenderFactory.create_batch(12, title="Entretien ménager d’écoles", region_id="04")
    anna = stage.member_of(supplier.organisation, "Anna", "Roy")

    anna.open("/mon-espace/alertes/")
    anna.click("Demander une alerte", role="link")
    anna.fill("words", "entretien ménager")
    anna.page.locator("main [name=minimum_fit][value='0']").check()
    anna.check("frequency", "daily")
    anna.fill("name", "Ménage")
    anna.click("Voir ce que j’aurais reçu")
    anna.reads("C’est beaucoup", "163 avis")
    anna.click("Seulement 04 Mauricie")
    anna.reads("Vous auriez reçu ces 12 avis des 30 derniers jours")
    anna.does_not_read("C’est beaucoup")
    anna.page.locator("main [name=consent]").check()
    anna.click("Enregistrer l’alerte")
    anna.reads("l’alerte « Ménage » est enregistrée", "04 Mauricie")

    anna.click("Demander une alerte", role="link")
    anna.fill("words", "écoles, cégeps")
    anna.page.locator("main [name=minimum_fit][value='0']").check()
    anna.check("frequency", "daily")
    anna.fill("name", "Écoles")
    anna.click("Enregistrer l’alerte")
    assert Alert.objects.active().count() == 2

    notice = factories.TenderFactory(
        title="Entretien ménager de l’école du Rang", region_id="04", versions=False
    )
    closing = timezone.now() + timedelta(days=9)
    add_version(notice, "20261101120000", tenderPeriod={"endDate": closing.isoformat()})
    announce_notices(tenders=[notice.pk], by=None)
    assert write_due_emails(now=timezone.now() + DAILY) == 1
    message = Message.objects.get(kind="alert")
    assert message.text.replace("\u00a0", " ").count("Trouvé par « Ménage » et « Écoles »") == 1
    assert Message.objects.filter(kind="alert").count() == 1

    # On a telephone where nobody is signed in: the page of the mail, then the choice of mails.
    stranger = stage.visitor()
    stranger.open(reverse("matching:digest", args=[AlertDigest.objects.get().token]))
    stranger.reads("Entretien ménager de l’école du Rang", "Trouvé par")
    stranger.open(reverse("matching:mail_preferences", args=[PreferenceLink.objects.get().token]))
    stranger.reads("Ménage", "Écoles")
    stranger.does_not_read(anna.user.email)
    stranger.click("Arrêter Écoles")
    stranger.does_not_read("Fréquence de « Écoles »")
    assert [alert.name for alert in Alert.objects.active()] == ["Ménage"]
    stranger.open("/mon-espace/courriels/")
    assert "/compte/connexion/" in stranger.page.url

    # She follows the notice: its closing moves, and later comes near.
    anna.open(reverse("tenders:tender", args=[notice.ocid]))
    anna.click("Suivre")
    later = closing + timedelta(days=7)
    add_version(notice, "20261102120000", tenderPeriod={"endDate": later.isoformat()})
    type(notice).objects.filter(pk=notice.pk).update(closes_at=later)
    assert tell_followers() == 1
    assert "Clôture reportée" in Message.objects.get(kind="follows.changed").title
    near = (later - timedelta(days=4)).replace(hour=15)
    assert [tell_closings(now=near), tell_closings(now=near)] == [1, 0]
    assert notice.title in Message.objects.get(kind="follows.closing").title
