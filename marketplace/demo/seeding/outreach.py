"""The pipeline of the Mauricie's pôle, each stage inhabited: never asked, asked, silent, talking, invited, arrived, committed,
declined; one campaign with what came of it; who answers for a city, and whom they followed."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from buyers.models import Buyer
from marketplace.accounts.models import Organisation, User
from marketplace.outreach.models import (
    Approach,
    Campaign,
    CampaignMember,
    ContactEntry,
    Respondent,
)
from marketplace.outreach.pipeline.inviting import invite_institution
from marketplace.territories.models import Pole
from suppliers.models import Status, Supplier

#: Invented, in the Mauricie: name, town, MRC, kind, stage, days since.
BODIES = (
    ("Municipalité de Sainte-Adeline-des-Monts", "Sainte-Adeline-des-Monts", "51", "municipality", "to_ask", 3),
    ("Municipalité de Saint-Euchariste", "Saint-Euchariste", "51", "municipality", "to_ask", 3),
    ("Office d’habitation du Portage", "Saint-Adélard-du-Portage", "35", "other", "to_ask", 3),
    ("Régie des eaux de la Batiscan", "Saint-Adélard-du-Portage", "35", "other", "to_ask", 3),
    ("Municipalité de Sainte-Marceline-du-Lac", "Sainte-Marceline-du-Lac", "36", "municipality", "asked", 9),
    ("Centre de services scolaire des Deux-Rives", "Trois-Rivières", "371", "school", "asked", 44),
    ("Société de transport du Saint-Maurice", "Trois-Rivières", "371", "other", "asked", 51),
    ("Cégep du Vieux-Quai", "Trois-Rivières", "371", "cegep", "talking", 12),
    ("Municipalité de Saint-Odilon-de-Mékinac", "Saint-Odilon-de-Mékinac", "35", "municipality", "invited", 5),
    ("Musée de la Drave", "Shawinigan", "36", "other", "declined", 20),
)  # fmt: skip
CONTACTS = {
    "Cégep du Vieux-Quai": ("Mireille Gagnon", "coordonnatrice à l’approvisionnement"),
    "Centre de services scolaire des Deux-Rives": ("Alain Doucet", "directeur des ressources matérielles"),
    "Municipalité de Saint-Odilon-de-Mékinac": ("Josée Vallières", "directrice générale"),
}
SAID = {
    "asked": ("call", "out", "message", "", "Message laissé à la réception."),
    "talking": (
        "call",
        "out",
        "reached",
        "Rappeler avec trois exemples d’achats",
        "Ils veulent des exemples de villes voisines.",
    ),
    "declined": ("call", "out", "reached", "", "Rien à acheter cette année. Reprendre contact à l’automne."),
}
PROMISE = "Inviter au moins une entreprise d’économie sociale à chaque achat de gré à gré de plus de 5 000 $."


def seed_outreach(*, staff: User, shop: Buyer, day: date) -> None:
    """`shop` arrived and committed: what the campaign's figures count is what the demo's other parts wrote of it."""
    pole = Pole.objects.get(pk="mauricie")
    campaign = Campaign.objects.create(
        pole=pole,
        name="Tournée des institutions",
        slug="tournee-des-institutions",
        purpose="Rencontrer chaque institution du territoire et lui demander un premier besoin affiché.",
        starts_on=day - timedelta(days=60),
        is_open=True,
        title="Votre institution peut acheter autrement",
        text="Nous demandons à chaque institution de la Mauricie d’afficher un premier besoin cette année, et d’inviter "
        "des entreprises d’économie sociale à y répondre.",
        title_en="Your institution can buy differently",
        text_en="We ask every institution in the Mauricie to post a first need this year, and to invite social economy "
        "enterprises to answer it.",
        letter_subject="Un premier besoin cette année?",
        letter_text="Bonjour,\nvoici ce que nous demandons aux institutions de la Mauricie, et comment commencer.",
        created_by=staff,
    )
    rows = [_row(pole, staff, day, body) for body in BODIES]
    rows.append(_committed(pole, staff, shop, day))
    CampaignMember.objects.bulk_create(CampaignMember(campaign=campaign, approach=row) for row in rows)
    for supplier in Supplier.objects.filter(status=Status.PROSPECT, organisation__mrc="371").order_by("pk")[
        :2
    ]:
        Approach.objects.create(
            pole=pole,
            organisation=supplier.organisation,
            side="selling",
            source="triage",
            stage_on=day,
            owner=staff,
        )
    _followers(pole, shop, day)


def _row(pole: Pole, staff: User, day: date, body: tuple[str, str, str, str, str, int]) -> Approach:
    name, town, mrc, kind, stage, days = body
    organisation = Organisation.objects.create(
        name=name, town=town, mrc_id=mrc, region_id="04", phone="819 555-0150"
    )
    person, title = CONTACTS.get(name, ("", ""))
    agreed = stage == "talking"
    row = Approach.objects.create(
        pole=pole,
        organisation=organisation,
        side=Approach.Side.BUYING,
        kind=kind,
        stage="talking" if stage == "invited" else stage,
        stage_on=day - timedelta(days=days),
        owner=staff if stage != "to_ask" else None,
        contact_name=person,
        contact_title=title,
        contact_email="mireille.gagnon@exemple.test" if agreed else "",
        consent_on=day - timedelta(days=days) if agreed else None,
        consent_how="au téléphone" if agreed else "",
        source=Approach.Source.LIST,
        why_declined="Rien à acheter cette année." if stage == "declined" else "",
        created_by=staff,
    )
    if stage in SAID:
        kind_of, direction, result, action, said = SAID[stage]
        ContactEntry.objects.create(
            key=uuid5(NAMESPACE_URL, f"demonstration/{name}"),
            organisation=organisation,
            pole=pole,
            kind=kind_of,
            direction=direction,
            result=result,
            on=day - timedelta(days=days),
            with_whom=person if result == "reached" else "",
            said=said,
            next_action=action or ("Rappeler" if stage == "asked" else ""),
            next_on=day + timedelta(days=days % 5 - 2) if action or stage == "asked" else None,
            next_by=staff if action or stage == "asked" else None,
            by=staff,
        )
    if stage == "invited":
        invite_institution(
            approach=row, name=person, title=title, email="josee.vallieres@exemple.test", by=staff
        )
    return row


def _committed(pole: Pole, staff: User, shop: Buyer, day: date) -> Approach:
    row = Approach.objects.create(
        pole=pole,
        organisation=shop.organisation,
        side=Approach.Side.BUYING,
        kind=shop.kind,
        stage="talking",
        stage_on=day - timedelta(days=40),
        owner=staff,
        source=Approach.Source.NOTICES,
        committed_on=day - timedelta(days=15),
        promise=PROMISE,
        created_by=staff,
    )
    ContactEntry.objects.create(
        key=uuid5(NAMESPACE_URL, "demonstration/rencontre"),
        organisation=shop.organisation,
        pole=pole,
        kind=ContactEntry.Kind.MEETING,
        on=day - timedelta(days=15),
        with_whom="La direction générale et le greffe",
        said="La direction s’engage. Premier besoin prévu ce printemps.",
        next_action="Envoyer le compte rendu",
        next_on=day,
        next_by=staff,
        by=staff,
    )
    return row


def _followers(pole: Pole, shop: Buyer, day: date) -> None:
    """Who answered for the city, and who answers now."""
    left = Respondent.objects.create(
        pole=pole,
        organisation=shop.organisation,
        name="Gilles Lamothe",
        title="greffier",
        since=day - timedelta(days=700),
        until=day - timedelta(days=120),
    )
    Respondent.objects.create(
        pole=pole,
        organisation=shop.organisation,
        name="Sophie Arcand",
        title="greffière",
        since=day - timedelta(days=120),
        replaces=left,
    )
