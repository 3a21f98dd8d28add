"""A list of sixty institutions, calls, an invitation, an arrival, a commitment, a first need, and the figures that say so."""

from __future__ import annotations

import re

from buyers.models import Need
from marketplace.accounts.models import Membership
from marketplace.outbox.models import Message
from marketplace.outreach.models import Approach, Campaign, ContactEntry
from tests import factories

from .people import Stage

MRCS = ("Maskinongé", "Mékinac", "Les Chenaux", "Trois-Rivières", "Shawinigan")
CAMPAIGN = {"name": "Tournée de 2026", "purpose": "Un premier besoin affiché."}


def sixty() -> bytes:
    lines = ["Liste des institutions;;;", "Nom de l’institution;MRC;Type;Téléphone"]
    lines += [
        f"Municipalité de Zacharie {n:02d};{MRCS[n % 5]};Municipalité;819 555-01{n:02d}" for n in range(60)
    ]
    return "\n".join(lines).encode()


def test_from_a_list_of_sixty_to_the_figures(stage: Stage) -> None:
    staff = stage.person(factories.PolePostFactory(pole=factories.pole("mauricie")).user)

    staff.open("/gestion/outreach/approach/board/")
    staff.reads("Aucune organisation n’est encore suivie")
    staff.open("/gestion/outreach/approach/import/")
    staff.page.locator("main [name=file]").set_input_files(
        {"name": "institutions.csv", "mimeType": "text/csv", "buffer": sixty()}
    )
    staff.click("Importer")
    staff.reads("60 lignes lues", "60 organisations nouvelles")
    assert Approach.objects.count() == 60

    staff.open("/gestion/outreach/campaign/add/")
    for name, text in CAMPAIGN.items():
        staff.fill(name, text)
    staff.fill("title", "Achetez autrement")
    staff.fill("text", "Un premier besoin cette année.")
    staff.page.locator("main [name=is_open]").check()
    staff.click(staff.page.locator("main [name=_save]"))
    staff.click("Choisir l’audience", role="link")
    staff.click("Compter")
    staff.reads("60 organisations de plus")
    staff.click("Ajouter à la campagne")
    staff.reads("60 organisations ajoutées")

    staff.click("Appeler", role="link")
    staff.reads("Il reste 60 organisations à appeler")
    for answer in ("Pas de réponse", "Message laissé", "Ne donne pas suite"):
        before = staff.clicks
        staff.click(answer)
        assert staff.clicks - before <= 2, "a call is logged in two clicks"
    staff.reads("Il reste 57 organisations à appeler", "Municipalité de Zacharie 03")
    staff.fill("said", "La directrice veut voir le site.")
    staff.click("Intéressée")
    staff.reads("Municipalité de Zacharie 04")
    assert ContactEntry.objects.count() == 4
    row = Approach.objects.get(organisation__name="Municipalité de Zacharie 03")

    staff.open(f"/gestion/outreach/approach/{row.pk}/invite/")
    staff.fill("name", "Zoé Hamel")
    staff.fill("title", "directrice générale")
    staff.fill("email", "zoe@zacharie03.test")
    staff.click("Envoyer l’invitation")
    staff.reads("L’invitation part à Zoé Hamel", "Invitée")
    letter = Message.objects.get(kind="outreach.invited")
    link = re.search(r"https?://\S+/acheteurs/invitation/\S+/", letter.text)
    assert link

    zoe = stage.visitor()
    zoe.open(link[0])
    zoe.reads("Municipalité de Zacharie 03", "Le profil de votre institution est prêt")
    assert not Membership.objects.filter(organisation=row.organisation_id).exists()
    zoe.fill("first_name", "Zoé")
    zoe.fill("last_name", "Hamel")
    zoe.fill("password", "un-long-secret-42")
    zoe.click("Créer mon compte et accepter")
    zoe.reads("Vous agissez maintenant pour")
    zoe.open("/besoins/nouveau/")
    zoe.fill("title", "Entretien ménager de la caserne")
    zoe.fill("description", "Cinq soirs par semaine.")
    zoe.click("Continuer")
    zoe.check("method", "limited")
    zoe.click("Vérifier et publier")
    need = Need.objects.get()
    zoe.open(f"/besoins/{need.slug}/publier/")
    zoe.click("Publier le besoin")

    staff.open(f"/gestion/outreach/approach/{row.pk}/promise/")
    staff.fill("promise", "Inviter une entreprise d’économie sociale à chaque achat.")
    staff.click("Noter l’engagement")
    staff.reads("Engagée")
    staff.open("/gestion/outreach/approach/map/")
    staff.reads("Trois-Rivières", "Engagées ou inscrites")
    campaign = Campaign.objects.get()
    staff.open(f"/gestion/outreach/campaign/{campaign.pk}/results/")
    figures = re.findall(
        r"(\d+)\s*(Jointes|Ont répondu|Inscrites|Engagées|Besoins)",
        staff.page.locator(".figures").inner_text(),
    )
    assert [n for n, _word in figures] == ["4", "2", "1", "1", "1"]
    staff.click("Besoins affichés", role="link")
    staff.reads("Municipalité de Zacharie 03")
    zoe.open(f"/campagnes/{campaign.slug}/")
    zoe.reads("Un premier besoin cette année.", "Inscrire mon institution")
