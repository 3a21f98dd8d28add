"""Every list of the site in one table, and a world that can hold one row of each, or three."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from buyers.models import (
    Buyer,
    FeedFile,
    Need,
    NeedDocument,
    NeedVersion,
    NoticeSource,
    SellerName,
    Tender,
    TenderVersion,
)
from buyers.needs.versions import said_by
from marketplace.accounts.invitations import create_invitation
from marketplace.accounts.models import (
    Consent,
    EmailDomain,
    JoinRequest,
    Membership,
    PersonalDataRead,
    PersonRequest,
    User,
)
from marketplace.accounts.models import Side as JoinSide
from marketplace.accounts.security.models import Kind, OpenSession, SecurityEvent
from marketplace.dealings.models import (
    Consortium,
    ConsortiumMember,
    DatesFeed,
    Decline,
    Follow,
    Inquiry,
    InquiryRecipient,
    InquiryReport,
    Interest,
    NeedDecision,
    NeedInvitation,
    NeedQuestion,
    OwnList,
    OwnListCategory,
    OwnListRow,
    Shortlist,
    SuggestedNotice,
)
from marketplace.dealings.shortlists.shortlists import create_shortlist, keep_supplier
from marketplace.events.agenda import calendar_secret
from marketplace.events.models import Meeting, Participation, Side, State
from marketplace.events.registration import register_participation
from marketplace.events.wishes import add_wish
from marketplace.matching.models import (
    Alert,
    AlertDigest,
    AlertReader,
    BuyerSuggestion,
    Lesson,
    Misfit,
    NewSupplierAlert,
    PendingNotice,
    SavedSearch,
)
from marketplace.matching.suggestions import suggest_for_tender
from marketplace.outbox.events import post_event
from marketplace.outbox.models import Message, Suppression
from marketplace.outreach.models import (
    Approach,
    Campaign,
    CampaignMember,
    Catalogue,
    ContactEntry,
    FeaturedSupplier,
    LetterTemplate,
)
from marketplace.outreach.promotion.rotation import week_of
from marketplace.web.private_files import FileQuota
from marketplace.web.private_files.pictures import draw_picture
from suppliers.directory_index import reindex_suppliers
from suppliers.models import (
    CustomerReference,
    Decision,
    DuplicatePair,
    EmptySearch,
    RegistryDrift,
    RegistryExtract,
    ServedArea,
    Status,
    Supplier,
    SupplierImport,
    SupplierPicture,
)
from suppliers.supplier_pictures import BOXES, keep_picture
from tests import factories
from tests.cohorts import factories as cohorts
from tests.dealings.exchanges import hand_in
from tests.events.factories import EventFactory, opened
from tests.outreach.letters import letter_to
from tests.suppliers.registration.builders import evidence_of

ANONYMOUS, SIGNED_IN, ADMIN_LIST = 8, 11, 15  # statements of a warm page, savepoints apart
EVERYONE = ("anonymous", "member", "shopper", "staff", "admin")
CURATORS = ("staff", "admin")
CLEANING = "76111500"
DRAFT_SHEET = 90_002  # the key of the sheet that the member is registering
CAMPAIGN = 90_020  # the key of the campaign whose page is measured
TEAM = 90_003  # the key of the organisation whose members' page is measured
PUBLISHED_DAY = 90_001  # the key of the event whose organiser's pages are measured
INQUIRY, EXCHANGE = (
    90_005,
    90_006,
)  # the keys of the question that the shopper asked, and of one of its exchanges
INSTITUTION = 90_008  # the key of the buyer that has pages of its own
IMPORT = 90_010  # the key of the import that is measured
OWN_LIST = 90_007  # the key of the shopper's own list that is measured
CONSORTIUM, FIRST_NOTICE = 90_005, 90_006  # the consortium and the notice that have pages of their own
MEMBER, SEAT = 90_004, 0  # who reads the day that is measured, and at which seat: the first of theirs


@dataclass(frozen=True)
class ListPage:
    """A page with rows. `shown` counts them in its answer, or says that they cannot grow in number."""

    address: str
    people: tuple[str, ...]
    shown: Callable[[HttpResponse], int] | None
    room: str = "site"

    def budget(self, person: str) -> int:
        if self.room == "admin":
            return ADMIN_LIST
        return ANONYMOUS if person == "anonymous" else SIGNED_IN


def in_context(name: str) -> Callable[[Any], int]:
    return lambda response: len(response.context[name])


def in_page(text: str) -> Callable[[Any], int]:
    return lambda response: response.content.decode().count(text)


def in_results(response: Any) -> int:
    return len(response.json()["results"])


def in_change_list(response: Any) -> int:
    return len(response.context["cl"].result_list)


CALENDAR = calendar_secret(Participation(pk=SEAT, token="jeton"), User(pk=MEMBER))
SITE = {
    "embed": ListPage("/repertoire-integre/mauricie/", ("anonymous",), in_context("cards")),
    "new feed": ListPage("/nouvelles-entreprises.atom", ("anonymous",), in_page("<entry>")),
    "new json feed": ListPage("/nouvelles-entreprises.json", ("anonymous",), in_page('"date_published"')),
    "press": ListPage("/presse/", ("anonymous",), None),
    "home": ListPage("/", EVERYONE, in_context("closing_soon")),
    "contact": ListPage("/joindre-mon-pole/", EVERYONE, None),
    "directory": ListPage("/fournisseurs/", EVERYONE, in_page("<li><h3>")),
    # « menagr » and « bureaus » want correcting, one letter by letter, and quotes a phrase: as much SQL as a text can ask
    "directory, any text": ListPage(
        "/fournisseurs/?q=%22entretien%22+menagr+bureaus&region=04&territoire=371&offre=7611&tri=recent",
        EVERYONE,
        in_page("<li><h3>"),
    ),
    "directory, by MRC": ListPage("/fournisseurs/?vue=carte", EVERYONE, in_context("seats")),
    "register": ListPage("/fournisseurs/inscription/", EVERYONE, None),
    "a registration": ListPage(
        f"/fournisseurs/inscription/{DRAFT_SHEET}/offres/", ("member",), in_page("Offre en cours")
    ),
    "a registration’s pictures": ListPage(
        f"/fournisseurs/inscription/{DRAFT_SHEET}/images/", ("member",), in_page("Atelier numéro")
    ),
    "a registration’s references": ListPage(
        f"/fournisseurs/inscription/{DRAFT_SHEET}/references/", ("member",), in_page("<b>Ville cliente")
    ),
    "a team’s domains": ListPage(
        f"/mon-espace/organisations/{TEAM}/domaines/", ("member",), in_page(".equipe.test</th>")
    ),
    "a team": ListPage(f"/mon-espace/organisations/{TEAM}/membres/", ("member",), in_page("@equipe.test")),
    "own data": ListPage("/mon-espace/mes-renseignements/", ("member", "shopper", "staff"), None),
    "register an institution": ListPage("/acheteurs/inscription/", EVERYONE, None),
    "a supplier": ListPage("/fournisseurs/un/", EVERYONE, in_page("Offre numéro")),
    "ask suppliers": ListPage("/demandes/nouvelle/?fournisseur=un", ("shopper", "staff"), None),
    "questions asked": ListPage("/demandes/", ("shopper",), in_context("rows")),
    "questions received": ListPage("/demandes/recues/", ("member",), in_context("rows")),
    "a question": ListPage(f"/demandes/{INQUIRY}/", ("shopper",), in_context("rows")),
    "an exchange": ListPage(f"/demandes/echanges/{EXCHANGE}/", ("shopper", "member"), in_context("thread")),
    "tenders": ListPage("/appels-doffres/?statut=tous", EVERYONE, in_context("tenders")),
    "tenders, any text": ListPage(
        "/appels-doffres/?q=entretien+menager&region=04&offre=7611&methode=public",
        EVERYONE,
        in_context("tenders"),
    ),
    "a tender": ListPage("/appels-doffres/ocds-un/", EVERYONE, in_context("versions")),
    "needs": ListPage(
        "/besoins/?q=entretien&region=04&offre=7611&statut=tous", EVERYONE, in_context("needs")
    ),
    "a need": ListPage("/besoins/besoin-un/", EVERYONE, in_context("edits")),
    "my needs": ListPage("/besoins/mes-besoins/", ("shopper",), in_context("needs")),
    "a need, first words": ListPage("/besoins/nouveau/", ("shopper",), in_context("past")),
    "a need, written": ListPage("/besoins/brouillon-un/modifier/", ("shopper",), in_page(".pdf <span")),
    "a need, to publish": ListPage("/besoins/brouillon-un/publier/", ("shopper",), in_context("documents")),
    "api needs": ListPage("/api/v1/needs/?q=entretien&region=04", EVERYONE, in_results),
    "who fits a need": ListPage(
        "/besoins/besoin-un/qui-peut-repondre/", ("shopper", "staff"), in_context("rows")
    ),
    "who fits a notice": ListPage("/qui-peut-repondre/ocds-un/", ("shopper", "staff"), in_context("rows")),
    "invitations of an institution": ListPage(
        "/acheteurs/ville-un/invitations/", ("shopper", "staff"), in_context("rows")
    ),
    "questions of a need": ListPage(
        "/besoins/besoin-un/questions/", ("member", "shopper"), in_context("published")
    ),
    "quotes of a need": ListPage("/besoins/besoin-un/propositions/", ("shopper",), in_context("opened")),
    "own quote": ListPage("/besoins/besoin-un/proposition/", ("member",), None),
    "buyers": ListPage("/acheteurs/?q=ville&region=04", EVERYONE, in_context("buyers")),
    "a buyer": ListPage("/acheteurs/ville-un/", EVERYONE, in_context("tenders")),
    "cohorts": ListPage("/cohortes/?region=04", EVERYONE, in_context("cohorts")),
    "a cohort": ListPage("/cohortes/une-cohorte/", EVERYONE, in_context("workshops")),
    "workshops": ListPage("/cohortes/une-cohorte/ateliers.ics", EVERYONE, in_page("BEGIN:VEVENT")),
    "ask for a place": ListPage(
        "/cohortes/une-cohorte/candidature/", ("member",), in_page("a déjà posé sa candidature")
    ),
    "my requests": ListPage("/mon-espace/cohortes/", ("member",), in_context("rows")),
    "my selection": ListPage("/selection/", ("member",), in_context("lines")),
    "suppliers compared": ListPage(
        "/selection/comparer/?selon=q%3D%2522entretien%2522%2Bmenagr",
        ("member",),
        lambda response: len(response.context["comparison"].suppliers),
    ),
    "my space": ListPage("/mon-espace/", EVERYONE[1:], in_page("Enterprise")),
    "my devices": ListPage("/compte/securite/appareils/", ("member",), in_context("others")),
    "my suppliers": ListPage("/mon-espace/mes-fournisseurs/", ("shopper",), in_context("lists")),
    "one list of mine": ListPage(
        f"/mon-espace/mes-fournisseurs/{OWN_LIST}/", ("shopper",), in_context("rows")
    ),
    "who could replace": ListPage(
        f"/mon-espace/mes-fournisseurs/{OWN_LIST}/remplacements/", ("shopper",), in_context("categories")
    ),
    "new suppliers": ListPage("/mon-espace/nouveaux-fournisseurs/", ("shopper",), in_page('<p class="who">')),
    "figures of an enterprise": ListPage(
        f"/mon-espace/fournisseur/{DRAFT_SHEET}/resultats/", ("member", "staff"), None
    ),
    "what fitted an enterprise": ListPage(
        f"/mon-espace/fournisseur/{DRAFT_SHEET}/resultats/convenaient/",
        ("member", "staff"),
        in_context("rows"),
    ),
    "figures of an institution": ListPage(
        f"/mon-espace/acheteur/{INSTITUTION}/resultats/", ("shopper", "staff"), None
    ),
    "needs behind a figure": ListPage(
        f"/mon-espace/acheteur/{INSTITUTION}/resultats/publies/", ("shopper", "staff"), in_context("rows")
    ),
    "my searches": ListPage("/mon-espace/recherches/", ("shopper",), in_context("rows")),
    "my alerts": ListPage("/mon-espace/alertes/", ("member",), in_context("rows")),
    "my mails": ListPage(
        "/mon-espace/courriels/", ("member",), lambda response: len(response.context["sections"][0].items)
    ),
    "notices of my alerts": ListPage("/avis-pour-moi/jeton.xml", EVERYONE, in_page("<item>")),
    "a mail of alerts": ListPage("/courriel-d-alerte/jeton/", EVERYONE, in_context("rows")),
    "my renewals": ListPage("/contrats-a-renouveler/", ("member",), in_context("rows")),
    "my declined": ListPage("/pas-pour-nous/", ("member",), in_context("rows")),
    "my follows": ListPage("/mon-espace/suivis/", ("member",), in_context("rows")),
    "my consortiums": ListPage("/mon-espace/groupements/", ("member",), in_context("rows")),
    "a consortium": ListPage(f"/mon-espace/groupements/{CONSORTIUM}/", ("member",), in_context("members")),
    "partners": ListPage(
        f"/mon-espace/groupements/avis-{FIRST_NOTICE}/", ("member",), in_context("partners")
    ),
    "dates calendar": ListPage("/echeances/jeton.ics", EVERYONE, in_page("BEGIN:VEVENT")),
    "events": ListPage("/activites/?region=04", EVERYONE, in_context("events")),
    "an event": ListPage("/activites/jour-un/", EVERYONE, in_page("Enterprise")),
    "event, registration": ListPage(
        "/activites/jour-un/inscription/", ("member", "shopper"), in_context("parties")
    ),
    "event, wishes": ListPage("/activites/jour-un/souhaits/", ("member", "shopper"), in_context("choices")),
    "event, agenda": ListPage(
        "/activites/jour-deux/horaire/", ("member", "shopper"), lambda response: response.context["count"]
    ),
    "event, calendar": ListPage(f"/activites/calendrier/{CALENDAR}.ics", EVERYONE, in_page("BEGIN:VEVENT")),
    "api events": ListPage("/api/v1/events/", EVERYONE, in_results),
    "api suppliers": ListPage("/api/v1/suppliers/", EVERYONE, in_results),
    "api suppliers, any text": ListPage(
        "/api/v1/suppliers/?q=%22entretien%22+menagr+bureaus&region=04&serves=371&offer=7611",
        EVERYONE,
        in_results,
    ),
    "api tenders": ListPage("/api/v1/tenders/?q=entretien&region=04", EVERYONE, in_results),
    "api cohorts": ListPage("/api/v1/cohorts/", EVERYONE, in_results),
    "api supplier": ListPage(
        "/api/v1/suppliers/un/", EVERYONE, lambda response: len(response.json()["offers"])
    ),
    "api tender": ListPage(
        "/api/v1/tenders/ocds-un/", EVERYONE, lambda response: len(response.json()["awards"])
    ),
}
#: The back room's lists by admin model: who may open them.
MODELS = {
    "suppliers_supplier": CURATORS,
    "suppliers_decision": CURATORS,
    "suppliers_emptysearch": CURATORS,
    "accounts_joinrequest": CURATORS,
    "accounts_emaildomain": CURATORS,
    "accounts_organisation": CURATORS,
    "accounts_invitation": CURATORS,
    "accounts_user": ("admin",),
    "accounts_personaldataread": ("admin",),
    "accounts_personrequest": ("admin",),
    "security_securityevent": ("admin",),
    "web_filequota": ("admin",),
    "outbox_message": CURATORS,
    "outbox_suppression": CURATORS,
    "outbox_event": ("admin",),
    "outreach_contactentry": CURATORS,
    "outreach_lettertemplate": CURATORS,
    "outreach_featuredsupplier": CURATORS,
    "outreach_approach": CURATORS,
    "outreach_campaign": CURATORS,
    "buyers_buyer": CURATORS,
    "buyers_tender": CURATORS,
    "buyers_need": CURATORS,
    "buyers_noticesource": CURATORS,
    "buyers_feedfile": CURATORS,
    "buyers_enterednotice": CURATORS,
    "matching_suggestion": CURATORS,
    "matching_lesson": CURATORS,
    "matching_misfit": CURATORS,
    "matching_buyersuggestion": CURATORS,
    "matching_newsupplieralert": ("admin",),
    "cohorts_application": CURATORS,
    "cohorts_cohort": CURATORS,
    "cohorts_programme": CURATORS,
    "dealings_decline": CURATORS,
    "dealings_inquiryrecipient": CURATORS,
    "dealings_inquiryreport": CURATORS,
    "dealings_ownlist": ("admin",),
    "dealings_consortium": CURATORS,
    "dealings_interest": CURATORS,
    "dealings_shortlist": CURATORS,
    "dealings_needdecision": CURATORS,
    "dealings_needinvitation": CURATORS,
    "dealings_needquestion": CURATORS,
    "dealings_quote": CURATORS,
    "dealings_suggestednotice": CURATORS,
    "events_matchmakingevent": CURATORS,
    "matching_alert": ("admin",),
    "matching_savedsearch": ("admin",),
}
#: Rows of the reference data: there are always many.
REFERENCE = (
    "territories_region",
    "territories_mrc",
    "territories_municipality",
    "territories_nation",
    "territories_pole",
    "classification_unspsccode",
    "classification_seaocategory",
    "classification_sector",
    "classification_purpose",
    "classification_certification",
    "classification_lexicongroup",
    "buyers_procedurerule",
    "buyers_authorisationrule",
    "buyers_clause",
    "suppliers_triagesign",
)


def lists() -> dict[str, ListPage]:
    """The whole table."""
    pages = dict(SITE)
    pages["admin triage"] = ListPage(reverse("suppliers_admin:triage"), CURATORS, in_context("rows"), "admin")
    for name in ("duplicates", "drift"):
        pages[f"admin {name}"] = ListPage(
            reverse(f"suppliers_admin:{name}"), CURATORS, in_context("rows"), "admin"
        )
    pages["admin next actions"] = ListPage(
        reverse("outreach_admin:next_actions") + "?qui=equipe", CURATORS, in_context("rows"), "admin"
    )
    for name in ("board", "map", "calls"):
        pages[f"admin {name}"] = ListPage(reverse(f"outreach_admin:{name}"), CURATORS, None, "admin")
    pages["admin campaign"] = ListPage(
        reverse("outreach_admin:campaign", args=[CAMPAIGN]), CURATORS, in_context("rows"), "admin"
    )
    pages["admin contact log"] = ListPage(
        reverse("outreach_admin:organisation_log", args=[TEAM]), CURATORS, in_context("entries"), "admin"
    )
    pages["admin imports"] = ListPage(
        reverse("suppliers_admin:import"), CURATORS, in_context("rows"), "admin"
    )
    pages["admin import"] = ListPage(
        reverse("suppliers_admin:import_job", args=[IMPORT]) + "?etat=nouvelles",
        CURATORS,
        in_context("rows"),
        "admin",
    )
    for name in ("catalogue", "featured"):
        found = in_context({"catalogue": "rows", "featured": "past"}[name])
        pages[f"admin {name}"] = ListPage(reverse(f"outreach_admin:{name}"), CURATORS, found, "admin")
    pages["admin queue"] = ListPage(reverse("suppliers_admin:queue"), CURATORS, in_context("rows"), "admin")
    pages["admin stuck exchanges"] = ListPage(
        reverse("dealings_admin:stuck_exchanges"), CURATORS, in_context("rows"), "admin"
    )
    pages["admin outcomes"] = ListPage(
        reverse("dealings_admin:outcomes"), CURATORS, in_context("rows"), "admin"
    )
    for name in ("service_levels", "figures"):
        pages[f"admin {name}"] = ListPage(reverse(f"outreach_admin:{name}"), CURATORS, None, "admin")
    pages["admin letters"] = ListPage(
        reverse("outreach_admin:letters"), CURATORS, in_context("rows"), "admin"
    )
    for name in ("waiting_list", "figure_list"):
        pages[f"admin {name}"] = ListPage(
            reverse(f"outreach_admin:{name}", args=["soumises"]), CURATORS, in_context("rows"), "admin"
        )
    pages["admin poles"] = ListPage(reverse("outreach_admin:poles"), ("admin",), None, "admin")
    for name in ("seller_names", "renewals"):
        pages[f"admin {name}"] = ListPage(
            reverse(f"dealings_admin:{name}"), CURATORS, in_context("rows"), "admin"
        )
    pages["admin exposure"] = ListPage(
        reverse("matching_admin:exposure"), CURATORS, in_context("rows"), "admin"
    )
    for page in ("participants", "grid"):
        pages[f"admin event {page}"] = ListPage(
            reverse(f"events_admin:{page}", args=[PUBLISHED_DAY]),
            CURATORS,
            in_page("Enterprise"),
            "admin",
        )
    pages["admin index"] = ListPage(reverse("admin:index"), CURATORS, None, "admin")
    pages["admin suppliers, search"] = ListPage(
        reverse("admin:suppliers_supplier_changelist") + "?q=enterprise", CURATORS, in_change_list, "admin"
    )
    for model, people in MODELS.items():
        pages[f"admin {model}"] = ListPage(
            reverse(f"admin:{model}_changelist"), people, in_change_list, "admin"
        )
    for model in REFERENCE:
        pages[f"admin {model}"] = ListPage(reverse(f"admin:{model}_changelist"), CURATORS, None, "admin")
    return pages


@dataclass
class World:
    """People of every role; `add` puts one more row into every list that they read."""

    people: dict[str, User | None] = field(default_factory=dict)
    rows: int = 0

    def __post_init__(self) -> None:
        mauricie = factories.pole("mauricie")
        self.people = {
            "anonymous": None,
            "member": factories.UserFactory(pk=MEMBER),
            "shopper": factories.UserFactory(),
            "staff": factories.PolePostFactory(pole=mauricie).user,
            "admin": factories.UserFactory(is_superuser=True),
        }
        self.member, self.staff = self.people["member"], self.people["staff"]
        Consent.objects.create(user=self.member, purpose=Consent.Purpose.ALERTS, wording="Oui.")
        self.supplier = factories.SupplierFactory(
            name="Entretien et bureaux Un",
            slug="un",
            proved=6,
            proved__pole=mauricie,
            offers=[],
            serves=["371", "R04"],
        )
        self.draft = factories.SupplierFactory(
            pk=DRAFT_SHEET, name="En cours", slug="en-cours", status=Status.DRAFT
        )
        factories.MembershipFactory(user=self.member, organisation=self.draft.organisation)
        self.campaign = Campaign.objects.create(
            pk=CAMPAIGN, pole=mauricie, name="Tournée", slug="tournee", purpose="Oui"
        )
        self.team = factories.OrganisationFactory(
            pk=TEAM, name="Une équipe", institution_verified_on=timezone.localdate()
        )
        factories.MembershipFactory(user=self.member, organisation=self.team, role=Membership.Role.OWNER)
        self.buyer = factories.BuyerFactory(
            pk=INSTITUTION, name="Ville Un", slug="ville-un", organisation__mrc_id="36"
        )
        self.cohort = cohorts.CohortFactory(slug="une-cohorte", places=50)
        self.tender = factories.TenderFactory(
            pk=FIRST_NOTICE, ocid="ocds-un", buyer=self.buyer, versions=False
        )
        self.need = factories.NeedFactory(buyer=self.buyer, slug="besoin-un")
        self.own_draft = factories.NeedFactory(
            buyer=self.buyer, slug="brouillon-un", status="draft", version=0
        )
        self.open_day = opened(slug="jour-un")
        self.published_day = EventFactory(
            pk=PUBLISHED_DAY, slug="jour-deux", state=State.PUBLISHED, opened_at=timezone.now(), tables=9
        )
        DatesFeed.objects.create(user=self.member, token="jeton")
        AlertReader.objects.create(user=self.member, feed_token="jeton")
        self.consortium = Consortium.objects.create(pk=CONSORTIUM, tender=self.old_tender())
        ConsortiumMember.objects.create(
            consortium=self.consortium,
            supplier=self.supplier,
            state="accepted",
            is_lead=True,
            contact=self.member,
            invited_at=timezone.now(),
        )
        Interest.objects.create(supplier=self.supplier, tender=self.tender, open_to_partners=True)
        # Who has a page of their own in both: the member's and the shopper's first organisation.
        factories.MembershipFactory(user=self.member, organisation=self.supplier.organisation)
        factories.MembershipFactory(user=self.people["shopper"], organisation=self.buyer.organisation)
        self.inquiry = self.ask(pk=INQUIRY)
        self.exchange = InquiryRecipient.objects.create(
            pk=EXCHANGE, inquiry=self.inquiry, supplier=self.supplier
        )
        self.own_list = self.add_own_list(pk=OWN_LIST)
        self.brought = self.add_import(pk=IMPORT)
        self.firsts = [self.come(self.supplier, self.member), self.come(self.buyer, self.people["shopper"])]
        self.seats = [self.sit(self.buyer), self.sit(self.supplier, pk=SEAT, token="jeton")]

    def add(self) -> None:
        self.rows += 1
        supplier = self.add_supplier()
        tender = self.add_tender()
        self.add_need()
        self.add_feed(tender)
        self.add_exchange(supplier)
        self.add_event(supplier, tender.buyer)
        self.add_curation(supplier)
        self.add_contact()
        self.add_import()
        self.brought.rows.create(place=self.rows, number=self.rows, outcome="created", supplier=supplier)
        self.add_promotion(supplier)
        self.add_device()
        self.add_colleague()
        self.add_cohort(supplier)
        alert = Alert.objects.create(user=self.member, supplier=supplier)
        Alert.objects.create(user=self.member, regions=["04"], minimum_fit=None)
        PendingNotice.objects.create(alert=alert, tender=tender)
        self.add_to_digest(alert, tender)
        decline = Decline.objects.create(supplier=supplier, tender=self.old_tender(), by=self.member)
        Lesson.objects.create(supplier=supplier, tender=decline.tender, kind="too_far", region="13")
        Misfit.objects.create(supplier=supplier, tender=decline.tender, reason="other")
        self.add_inquiry(supplier)
        self.add_own_row(supplier)
        self.add_duplicate(supplier)
        self.add_interest(supplier, tender)
        query = "q=entretien&region=04&territoire=371"
        SavedSearch.objects.create(user=self.people["shopper"], name="Ménage", query=query)
        self.add_selection(supplier)
        SuggestedNotice.objects.create(supplier=self.draft, tender=tender)
        SuggestedNotice.objects.create(supplier=supplier, tender=tender)
        BuyerSuggestion.objects.create(
            buyer=self.buyer, supplier=supplier, tender=tender, points=70, reasons=[]
        )
        NewSupplierAlert.objects.create(user=factories.UserFactory(), buyer=self.buyer)
        for one in Tender.objects.all():
            suggest_for_tender(tender=one, by=None)

    def add_promotion(self, supplier: Supplier) -> None:
        week = week_of(timezone.localdate()) - timedelta(days=7 * self.rows)
        FeaturedSupplier.objects.create(week=week, supplier=supplier)
        for person in ("staff", "admin"):
            Catalogue.objects.create(
                asked_by=self.people[person], language="fr", state="ready", supplier_ids=[supplier.pk]
            )

    def add_to_digest(self, alert: Alert, tender: Tender) -> None:
        message = Message.objects.filter(kind="alert").order_by("pk").first()
        digest, _is_new = AlertDigest.objects.get_or_create(message=message, token="jeton")
        digest.lines.append({"tender": tender.pk, "alerts": [alert.pk]})
        digest.save()

    def ask(self, **fields: Any) -> Inquiry:
        return Inquiry.objects.create(
            organisation=self.buyer.organisation,
            asked_by=self.people["shopper"],
            kind=Inquiry.Kind.PRICE,
            subject="Vingt bancs",
            body="Combien?",
            answer_by=timezone.localdate() + timedelta(days=9),
            **fields,
        )

    def add_inquiry(self, supplier: Supplier) -> None:
        """A question to the member; in the first one, another supplier and another message, which was reported."""
        self.ask().recipients.create(supplier=supplier)
        self.inquiry.recipients.create(supplier=supplier)
        message = self.exchange.messages.create(side="supplier", author=self.member, body="Oui")
        InquiryReport.objects.create(
            recipient=self.exchange, message=message, side="buyer", why="Non", by=self.people["shopper"]
        )

    def add_duplicate(self, supplier: Supplier) -> None:
        """It may be the draft; and the registry says another name."""
        DuplicatePair.objects.create(
            first=min(supplier, self.draft, key=lambda one: one.pk),
            second=max(supplier, self.draft, key=lambda one: one.pk),
            points=70,
            reasons=["same_name", "other_town"],
        )
        extract = RegistryExtract.objects.create(name="extrait.csv", rows=3, compared=3)
        RegistryDrift.objects.create(
            supplier=supplier, extract=extract, kind="renamed", said={"name": "Autre"}
        )

    def add_contact(self) -> None:
        """One more entry in the log of an organisation, with something to do next that somebody of the team owns."""
        person = factories.PolePostFactory(pole=factories.pole("mauricie")).user
        letter_to(self.supplier, pole=factories.pole("mauricie"), by=self.staff)
        LetterTemplate.objects.create(
            name=f"Modèle {self.rows}", pole=factories.pole("mauricie"), title="Objet", body="Texte"
        )
        ContactEntry.objects.create(
            organisation=self.team,
            pole=factories.pole("mauricie"),
            kind="note",
            said="Oui",
            by=person,
            next_action="Rappeler",
            next_on=timezone.localdate(),
            next_by=person,
        )
        mauricie = factories.pole("mauricie")
        campaign = self.campaign
        Campaign.objects.create(pole=mauricie, name="Autre", slug=f"autre-{self.rows}", purpose="Oui")
        approach = Approach.objects.create(
            organisation=factories.OrganisationFactory(name=f"Enterprise suivie {self.rows}"),
            pole=factories.pole("mauricie"),
            side="buying",
            owner=person,
            contact_name="Oui",
        )
        CampaignMember.objects.create(campaign=campaign, approach=approach)

    def add_import(self, **fields: Any) -> SupplierImport:
        return SupplierImport.objects.create(
            pole_id="mauricie", name="liste.csv", state="done", created_by=factories.UserFactory(),
            started_at=timezone.now(), counts={"created": 1}, forget_at=timezone.now() + timedelta(days=90), **fields,
        )  # fmt: skip

    def add_own_list(self, **fields: Any) -> OwnList:
        return OwnList.objects.create(
            organisation=self.buyer.organisation,
            name="Achats",
            state=OwnList.State.READY,
            read_at=timezone.now(),
            erase_at=timezone.now() + timedelta(days=30),
            columns={"name": 0, "category": 1},
            **fields,
        )

    def add_own_row(self, supplier: Supplier) -> None:
        """One more list, and in the one with a page one more proposal, decision and category."""
        self.add_own_list()
        for state in (OwnListRow.State.PROPOSED, OwnListRow.State.CONFIRMED):
            OwnListRow.objects.create(
                own_list=self.own_list,
                number=self.rows,
                name=f"Entretien {self.rows}",
                state=state,
                supplier=supplier,
                confidence=80,
                others=[[self.supplier.pk, 60, []]],
                decided_by=factories.UserFactory(),
                decided_at=timezone.now(),
            )
        OwnListCategory.objects.create(
            own_list=self.own_list, name="Ménage", key=f"menage {self.rows}", rows=1, suppliers=[supplier.pk]
        )

    def add_interest(self, supplier: Supplier, tender: Tender) -> None:
        """The member follows one more notice, which interests one more of theirs; the notice with a page interests one
        more stranger, who agreed to be seen."""
        Follow.objects.create(user=self.member, tender=tender, told_version=tender.version)
        Interest.objects.create(supplier=supplier, tender=tender, by=self.member)
        seen = {"seen_by_others": True, "seen_by_buyer": True, "open_to_partners": True}
        stranger = factories.SupplierFactory()
        Interest.objects.create(supplier=stranger, tender=self.tender, **seen)
        mine = Consortium.objects.create(tender=tender)
        now = timezone.now()
        ConsortiumMember.objects.create(consortium=mine, supplier=supplier, invited_at=now)
        ConsortiumMember.objects.create(
            consortium=self.consortium,
            supplier=stranger,
            state="accepted",
            contact=self.member,
            invited_at=now,
        )

    def add_selection(self, supplier: Supplier) -> None:
        """One more in the selection that the member is filling, and one more selection."""
        create_shortlist(name=f"Sélection {self.rows}", by=self.member)
        Shortlist.objects.create(name="Partagée", organisation=self.buyer.organisation)
        first = Shortlist.objects.filter(owner=self.member).order_by("pk")[0]
        keep_supplier(
            shortlist=first,
            supplier=supplier,
            search="q=%22entretien%22+menagr+bureaus&region=04",
            by=self.member,
        )

    def come(self, party, person) -> Participation:
        return register_participation(
            event=self.open_day, party=party, person=person, by=None, free_slots=[0, 1, 2], is_listed=True
        )

    def sit(self, party, **fields: Any) -> Participation:
        side = Side.SUPPLIER if isinstance(party, Supplier) else Side.BUYER
        return Participation.objects.create(
            event=self.published_day,
            side=side,
            organisation=party.organisation,
            free_slots=list(range(8)),
            **{side.value: party},
            **fields,
        )

    def add_event(self, supplier: Supplier, buyer: Buyer) -> None:
        """One more day; on the open one, one more of each side; on the published one, one more meeting of each."""
        number = self.rows
        opened(title=f"Journée Enterprise {number}")
        seller, shop = self.come(supplier, self.member), self.come(buyer, self.people["shopper"])
        add_wish(participation=self.firsts[0], wanted=shop, by=None)
        add_wish(participation=self.firsts[1], wanted=seller, by=None)
        for slot, sides in (
            (number, (self.seats[0], self.sit(supplier))),
            (number + 3, (self.sit(buyer), self.seats[1])),
        ):
            Meeting.objects.create(
                event=self.published_day, buyer=sides[0], supplier=sides[1], slot=slot, table=number + 1
            )

    def add_supplier(self) -> Supplier:
        """A published sheet of the member, and one more offer on the sheet that has a page of its own."""
        number = self.rows
        # Another MRC for each, so that the list by MRC grows as well.
        mrc = ["371", "36", "51", "35"][number]
        supplier = factories.SupplierFactory(
            name=f"Enterprise {number}, entretien ménager de bureaux",
            organisation__mrc_id=mrc,
            offers=[("Entretien ménager de bureaux", CLEANING), ("Lavage de vitres", "76111501")],
            serves=["371", "R04"],
            proved=6,
            proved__pole=factories.pole("mauricie"),
        )
        supplier.purposes.set(["insertion", "environnement"][: number + 1])
        factories.ContactFactory(supplier=supplier)
        factories.MembershipFactory(user=self.member, organisation=supplier.organisation)
        offer = factories.OfferFactory(
            supplier=self.supplier, title=f"Offre numéro {number}", codes=[CLEANING]
        )
        ServedArea.objects.create(supplier=self.supplier, offer=offer, mrc_id=mrc)
        factories.OfferFactory(supplier=self.draft, title=f"Offre en cours {number}", codes=[CLEANING])
        factories.ContactFactory(supplier=self.supplier)
        for shown in (self.supplier, self.draft):
            self.add_showing(shown)
        reindex_suppliers(supplier_ids=[supplier.pk, self.supplier.pk])
        return supplier

    def add_showing(self, supplier: Supplier) -> None:
        """One more photograph, and one more reference that its customer confirmed."""
        number = self.rows
        picture = io.BytesIO()
        Image.new("RGB", (480, 360), "teal").save(picture, "PNG")
        upload = SimpleUploadedFile("atelier.png", picture.getvalue())
        drawn = draw_picture(upload, boxes=BOXES[SupplierPicture.Kind.PHOTO], least=1)
        keep_picture(supplier=supplier, by=None, kind="photo", alt=f"Atelier numéro {number}", drawn=drawn)
        CustomerReference.objects.create(
            supplier=supplier,
            customer=f"Ville cliente {number}",
            what="Vingt bancs",
            year=2025,
            state=CustomerReference.State.CONFIRMED,
            consent="Oui",
            expires_at=timezone.now(),
            answered_at=timezone.now(),
        )

    def add_tender(self) -> Tender:
        """An open notice of a new buyer and one of the first; a version and an award of the notice with a page."""
        number = self.rows
        buyer = factories.BuyerFactory(name=f"Ville Enterprise {number}", organisation__mrc_id="36")
        factories.MembershipFactory(user=self.people["shopper"], organisation=buyer.organisation)
        factories.MembershipFactory(organisation=buyer.organisation)
        factories.TenderFactory(buyer=self.buyer)
        TenderVersion.objects.create(
            tender=self.tender,
            release_id=f"2026110{number}120000",
            tags=["tender"],
            release={"tender": {"title": f"Titre {number}"}},
        )
        factories.AwardFactory(tender=self.tender, award_id=f"a{number}")
        return factories.TenderFactory(buyer=buyer)

    def add_feed(self, tender: Tender) -> None:
        """A source with a file, an entered notice, a winner to recognise and a contract of the member's that ends."""
        number = self.rows
        source = NoticeSource.objects.create(
            name=f"Diffuseur {number}", kind="ocds", address=f"https://donnees.example/{number}.json"
        )
        FeedFile.objects.create(source=source, name=f"{number}.json", address=source.address)
        factories.EnteredNoticeFactory(tender=tender)
        SellerName.objects.create(
            name=f"Coop {number}",
            key=f"coop {number}",
            organisation=self.supplier.organisation,
            confidence=90,
        )
        factories.AwardFactory(
            organisation=self.supplier.organisation, ends_on=timezone.localdate() + timedelta(days=200)
        )

    def add_need(self) -> None:
        """One more in the list; of the one with a page, a document and a version more."""
        number = self.rows
        factories.NeedFactory(buyer=self.buyer)
        for need in (self.need, self.own_draft):
            NeedDocument.objects.create(need=need, file=evidence_of(f"devis {number}"))
        for version in range(self.need.versions.count() + 1, number + 2):
            said = said_by(self.need) | {"place": f"Lieu {version}"}
            NeedVersion.objects.create(need=self.need, number=version, said=said)
        Need.objects.filter(pk=self.need.pk).update(version=number + 1)

    def add_exchange(self, supplier: Supplier) -> None:
        """The supplier is invited to the need with a page, asks, has its answer, quotes; another need is decided, one is stuck."""
        now, long_ago = timezone.now(), timezone.now() - timedelta(days=9)
        member = factories.MembershipFactory(organisation=supplier.organisation).user
        NeedInvitation.objects.create(need=self.need, supplier=supplier, told_at=now)
        NeedQuestion.objects.create(
            need=self.need,
            supplier=supplier,
            text="Quand?",
            public_text="Quand?",
            answer="Le soir.",
            answered_at=now,
        )
        hand_in(self.need, (supplier, member))
        decided = factories.NeedFactory(buyer=self.buyer, status="decided")
        NeedDecision.objects.create(need=decided, why="Aucune.")
        stuck = factories.NeedFactory(buyer=self.buyer, audience="invited")
        NeedQuestion.objects.create(need=stuck, supplier=supplier, text="Où?", asked_at=long_ago)

    def add_colleague(self) -> None:
        """One more who acts for the team, and one more who is invited."""
        number = self.rows
        factories.MembershipFactory(user__email=f"collegue{number}@equipe.test", organisation=self.team)
        EmailDomain.objects.create(organisation=self.team, domain=f"d{number}.equipe.test")
        create_invitation(organisation=self.team, email=f"invite{number}@equipe.test", by=None)

    def add_cohort(self, supplier: Supplier) -> None:
        """A cohort of two pôles; in the one with a page, a workshop more and a place offered to the member's sheet."""
        cohorts.CohortFactory().partners.add(factories.pole("laval"))
        cohorts.WorkshopFactory(cohort=self.cohort)
        number, soon = self.rows, timezone.now() + timedelta(days=2)
        cohorts.ApplicationFactory(
            cohort=self.cohort,
            supplier=supplier,
            arrival=number,
            state="offered",
            seat=number,
            confirm_by=soon,
        )
        cohorts.ApplicationFactory(cohort=self.cohort, arrival=100 + number)

    def old_tender(self) -> Tender:
        return factories.TenderFactory(status=Tender.Status.COMPLETE)

    def add_device(self) -> None:
        """The member is signed in on one more browser."""
        key = f"navigateur{self.rows}"
        Session.objects.create(session_key=key, expire_date=timezone.now() + timedelta(days=1))
        OpenSession.objects.create(user=self.member, session_key=key, browser="Firefox", system="Linux")

    def add_curation(self, supplier: Supplier) -> None:
        """A sheet in the queue with its decision, an invitation, a reading, a mail in trouble and its event."""
        number = self.rows
        waiting = factories.SupplierFactory(name=f"Enterprise {number} en attente", status=Status.SUBMITTED)
        Decision.objects.create(supplier=waiting, verb="submit", to_status=Status.SUBMITTED, by=self.member)
        prospect = factories.SupplierFactory(name=f"Friperie {number}", status=Status.PROSPECT)
        factories.ContactFactory(supplier=prospect)
        JoinRequest.objects.create(
            organisation=waiting.organisation,
            side=JoinSide.SELLING,
            user=factories.UserFactory(),
            title="direction",
            message="…",
        )
        JoinRequest.objects.create(
            organisation=factories.BuyerFactory().organisation,
            side=JoinSide.BUYING,
            user=factories.UserFactory(),
            title="greffe",
            email="x@exemple.test",
        )
        create_invitation(
            organisation=waiting.organisation,
            email=f"invitee{number}@exemple.test",
            role=Membership.Role.EDITOR,
            by=self.staff,
        )
        PersonalDataRead.objects.create(
            reader=self.staff, organisation=supplier.organisation, what="supplier.sheet"
        )
        EmptySearch.objects.create(text=f"licorne {number}", language="fr", day=timezone.localdate())
        FileQuota.objects.create(holder_model="organisation", holder_id=supplier.organisation_id)
        PersonRequest.objects.create(kind="erasure", channel="phone", by=self.staff, counts={"contacts": 1})
        SecurityEvent.objects.create(
            kind=Kind.MEMBER_JOINED,
            actor=self.staff,
            person=factories.UserFactory(),
            organisation=waiting.organisation,
        )
        post_event(kind="supplier.published", subject=f"supplier:{supplier.pk}", version="1")
        Message.objects.create(
            recipient=self.member,
            address=self.member.email,
            kind="alert",
            subject=f"alert:{number}",
            version="1",
            title="Un avis",
            text="…",
            html="…",
            sender_name="Maillage",
            message_id=f"<{number}@exemple.test>",
            pole=factories.pole("mauricie"),
            status=Message.Status.FAILED,
            next_attempt_at=timezone.now(),
        )
        Suppression.objects.create(
            address=f"refuse{number}@exemple.test", recipient=factories.UserFactory(), pole=factories.pole("mauricie"),
            reason="refused", source="report",
        )  # fmt: skip
