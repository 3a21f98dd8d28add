"""One of everything in Mauricie, with names that must not show elsewhere, and a person of every role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.utils import timezone

from buyers.models import (
    AuthorisationRule,
    Clause,
    FeedFile,
    NeedDocument,
    NoticeSource,
    ProcedureRule,
    SellerName,
)
from cohorts.models import State
from marketplace.accounts.invitations import create_invitation
from marketplace.accounts.models import (
    Consent,
    JoinRequest,
    Membership,
    PersonalDataRead,
    PersonRequest,
    Side,
)
from marketplace.accounts.security.models import SecurityEvent
from marketplace.classification.models import LexiconGroup
from marketplace.dealings.models import (
    Consortium,
    ConsortiumMember,
    Decline,
    Inquiry,
    InquiryReport,
    Interest,
    NeedDecision,
    NeedInvitation,
    NeedQuestion,
    OwnList,
    OwnListRow,
    SuggestedNotice,
)
from marketplace.dealings.shortlists.shortlists import create_shortlist, decide_entry, keep_supplier
from marketplace.matching.models import (
    Alert,
    BuyerSuggestion,
    Lesson,
    Misfit,
    NewSupplierAlert,
    SavedSearch,
    Suggestion,
)
from marketplace.outbox.models import Event, Message, Suppression
from marketplace.outreach.models import (
    Approach,
    Campaign,
    Catalogue,
    ContactEntry,
    FeaturedSupplier,
    LetterTemplate,
)
from marketplace.outreach.promotion.rotation import week_of
from marketplace.web.private_files import FileQuota
from suppliers.models import (
    CriterionAnswer,
    Decision,
    EmptySearch,
    EvidenceFile,
    NeqProposal,
    ReturnedSheet,
    Status,
    Supplier,
    SupplierImport,
    SupplierMerge,
    TriageSign,
)
from tests import factories
from tests.cohorts import factories as cohorts
from tests.dealings.exchanges import hand_in
from tests.events.factories import EventFactory
from tests.outreach.letters import letter_to
from tests.suppliers.registration.builders import evidence_of

#: In the order of the table's letters.
ROLES = ("anonymous", "enterprise", "buyer", "staff", "foreign_staff", "platform_admin")

SECRET_SHEET = "Zénobie en préparation"
SECRET_PERSON = "Xénophon Discret"
SECRET_NEED = "Besoin de Zacharie"
SECRET_EMAIL = "xenophon.discret@exemple.test"
#: Words between a buyer and an enterprise: staff never read them.
SECRET_WORDS = "Le vœu de Zénon est privé"
SECRETS = (SECRET_SHEET, SECRET_PERSON, SECRET_EMAIL)
SECRET_CHOICE = "Zibeline 8842"  # the buyer's own, whom no staff reads


@dataclass
class World:
    """`people[role]` signs in (None: nobody); `ids` fills the addresses, by admin model or by what the table names."""

    people: dict[str, Any]
    ids: dict[str, Any] = field(default_factory=dict)


def build() -> World:
    mauricie = factories.pole("mauricie")
    published = factories.SupplierFactory(name="Zéphirine", slug="zephirine")
    draft = factories.SupplierFactory(name=SECRET_SHEET, slug="zenobie", status=Status.DRAFT)
    offer = factories.OfferFactory(supplier=draft, title=f"Offre de {SECRET_SHEET}")
    CriterionAnswer.objects.create(supplier=draft, criterion=1, text=f"Réponse de {SECRET_SHEET}")
    draft.certifications.set(["iso-9001"])
    evidence = EvidenceFile.objects.create(supplier=draft, criteria=[1], file=evidence_of(SECRET_SHEET))
    factories.ContactFactory(supplier=draft, name=SECRET_PERSON, email=SECRET_EMAIL)
    factories.ContactFactory(supplier=published, name=SECRET_PERSON, email=SECRET_EMAIL, is_public=False)
    enterprise = factories.UserFactory(email=SECRET_EMAIL, first_name="Xénophon", last_name="Discret")
    for supplier in (published, draft):
        membership = factories.MembershipFactory(
            user=enterprise, organisation=supplier.organisation, role=Membership.Role.OWNER
        )
    shop = factories.BuyerFactory(name="Ville de Zacharie", slug="zacharie", verified_at=["zacharie.test"])
    buyer = factories.MembershipFactory(organisation=shop.organisation).user
    need = factories.NeedFactory(buyer=shop, slug="besoin-zacharie", title=SECRET_NEED, audience="invited")
    paper = NeedDocument.objects.create(need=need, file=evidence_of(SECRET_NEED))
    staff = factories.PolePostFactory(pole=mauricie).user
    foreign = factories.PolePostFactory(pole=factories.pole("laval")).user
    admin = factories.UserFactory(is_superuser=True)
    traded = factories.NeedFactory(
        buyer=shop, slug="echange-zacharie", title=SECRET_NEED, audience="invited", is_sealed=True
    )
    call = NeedInvitation.objects.create(need=traded, supplier=published, by=buyer, told_at=timezone.now())
    question = NeedQuestion.objects.create(need=traded, supplier=published, by=enterprise, text=SECRET_WORDS)
    quote = hand_in(traded, (published, enterprise), conditions=SECRET_SHEET, file="devis.pdf")
    decision_on_need = NeedDecision.objects.create(
        need=factories.NeedFactory(buyer=shop, audience="invited", status="decided", title=SECRET_NEED),
        why=SECRET_WORDS,
        by=buyer,
    )
    tender = factories.TenderFactory()
    source = NoticeSource.objects.get(kind="seao")
    invitation, token = create_invitation(
        organisation=published.organisation,
        email="invitee@exemple.test",
        role=Membership.Role.EDITOR,
        by=staff,
    )
    Consent.objects.create(user=enterprise, purpose=Consent.Purpose.ALERTS, wording="Oui.")
    alert = Alert.objects.create(user=enterprise, supplier=draft, frequency=Alert.Frequency.INSTANT)
    suggestion = Suggestion.objects.create(
        supplier=draft, tender=tender, points=80, rank=1, reasons=[], tender_version=tender.version
    )
    consortium = Consortium.objects.create(tender=tender, plan=f"{SECRET_PERSON} s’en charge.")
    part = ConsortiumMember.objects.create(
        consortium=consortium,
        supplier=draft,
        state="accepted",
        is_lead=True,
        contact=enterprise,
        invited_at=timezone.now(),
    )
    decline = Decline.objects.create(supplier=draft, tender=factories.TenderFactory(), by=enterprise)
    inquiry = Inquiry.objects.create(
        organisation=shop.organisation,
        asked_by=buyer,
        kind=Inquiry.Kind.PRICE,
        subject="Vingt bancs",
        body="Combien?",
        answer_by=timezone.localdate() + timedelta(days=5),
    )
    exchange = inquiry.recipients.create(supplier=published)
    written = exchange.messages.create(side="buyer", author=buyer, body="Et en avril?")
    own_list = OwnList.objects.create(
        organisation=shop.organisation,
        name="Achats de Zacharie",
        state=OwnList.State.READY,
        read_at=timezone.now(),
        erase_at=timezone.now() + timedelta(days=30),
        columns={"name": 0},
        rows_total=1,
    )
    own_row = OwnListRow.objects.create(
        own_list=own_list,
        number=2,
        name="Zéphirine enr.",
        state=OwnListRow.State.PROPOSED,
        supplier=published,
        confidence=80,
        reasons=["near_name"],
    )
    shortlist = create_shortlist(name="Zacharie 2026", organisation=shop.organisation, by=buyer)
    entry = keep_supplier(shortlist=shortlist, supplier=published, by=buyer)
    decide_entry(entry=entry, state="aside", reason=SECRET_CHOICE, note=SECRET_CHOICE, by=buyer)
    claim = JoinRequest.objects.create(
        organisation=draft.organisation,
        side=Side.SELLING,
        user=factories.UserFactory(),
        title=SECRET_PERSON,
        message=SECRET_SHEET,
    )
    enrolment = JoinRequest.objects.create(
        organisation=factories.BuyerFactory(name=SECRET_SHEET, is_listed=False).organisation,
        side=Side.BUYING,
        user=factories.UserFactory(),
        title=SECRET_PERSON,
        email=SECRET_EMAIL,
    )
    decision = Decision.objects.create(
        supplier=draft, verb="take_up", to_status=Status.DRAFT, by=staff, batch=uuid4()
    )
    message = Message.objects.create(
        recipient=enterprise,
        address=SECRET_EMAIL,
        kind="curation.returned",
        subject=f"supplier:{draft.pk}",
        version="1",
        title=f"À compléter : {SECRET_SHEET}",
        text="…",
        html="…",
        sender_name="Maillage",
        message_id="<un@exemple.test>",
        pole=mauricie,
        status=Message.Status.FAILED,
        next_attempt_at=timezone.now() + timedelta(days=1),
    )
    day = EventFactory(pole=mauricie, title=f"Journée de {SECRET_SHEET}", slug=draft.slug)
    event = Event.objects.create(kind="supplier.published", subject=f"supplier:{published.pk}", version="1")
    read = PersonalDataRead.objects.create(
        reader=staff, organisation=draft.organisation, what="supplier.sheet"
    )
    asked = PersonRequest.objects.create(kind="erasure", channel="phone", by=staff, counts={"contacts": 1})
    programme = cohorts.ProgrammeFactory(pole=mauricie, name=f"Parcours {SECRET_SHEET}", name_en="")
    cohorts.CohortFactory(programme=programme, title=SECRET_SHEET, slug="zenobie", state=State.DRAFT)
    cohort = cohorts.CohortFactory(slug="zelee", admission="selection")
    cohorts.WorkshopFactory(cohort=cohort)
    application = cohorts.ApplicationFactory(
        cohort=cohort, supplier=draft, by=enterprise, motivation=f"{SECRET_PERSON} veut vendre."
    )
    brought = SupplierImport.objects.create(
        pole=mauricie, name=f"{SECRET_SHEET}.csv", state="ready", created_by=staff, header=["Nom"], columns={"name": 0},
        rows_total=1, counts={"rejected": 1}, forget_at=timezone.now() + timedelta(days=90),
    )  # fmt: skip
    brought.rows.create(
        place=1, number=2, name=SECRET_SHEET, cells={"name": SECRET_SHEET}, outcome="rejected", faults=[["name", "Non."]]
    )  # fmt: skip
    merge = SupplierMerge.objects.create(
        kept=draft,
        lost=factories.SupplierFactory(name=SECRET_SHEET, slug="zenobie-2", status=Status.ARCHIVED),
        before={name: {} for name in ("kept", "lost", "kept_organisation", "lost_organisation")},
        people={"members": {}, "both": [], "files": []},
        by=staff,
    )
    objects = {
        "cohorts_application": application,
        "cohorts_cohort": cohort,
        "cohorts_programme": programme,
        "suppliers_supplier": draft,
        "suppliers_neq": NeqProposal.objects.create(supplier=draft, neq="1149999998", confidence=90),
        "accounts_joinrequest": claim,
        "accounts_emaildomain": shop.organisation.own_domains.get(),
        "suppliers_decision": decision,
        "suppliers_emptysearch": EmptySearch.objects.create(
            text="montgolfiere", language="fr", day=timezone.localdate()
        ),
        "suppliers_triagesign": TriageSign.objects.first(),
        "suppliers_importation": brought,
        "suppliers_tableur": ReturnedSheet.objects.create(
            name="fiches.xlsx", created_by=staff, file=evidence_of(SECRET_SHEET), forget_at=timezone.now()
        ),
        "accounts_organisation": draft.organisation,
        "accounts_user": enterprise,
        "accounts_invitation": invitation,
        "accounts_personaldataread": read,
        "accounts_personrequest": asked,
        "security_securityevent": SecurityEvent.objects.create(kind="sign_in", actor=staff),
        "web_filequota": FileQuota.objects.create(holder_model="user", holder_id=enterprise.pk),
        "matching_alert": alert,
        "matching_savedsearch": SavedSearch.objects.create(user=buyer, of="suppliers", name="Traiteurs"),
        "dealings_decline": decline,
        "dealings_inquiryrecipient": exchange,
        "dealings_inquiryreport": InquiryReport.objects.create(
            recipient=exchange, message=written, side="supplier", why="Trop de messages", by=enterprise
        ),
        "inquiry": inquiry,
        "inquiry_message": written,
        "dealings_ownlist": own_list,
        "own_row": own_row,
        "dealings_consortium": consortium,
        "dealings_interest": Interest.objects.create(supplier=draft, tender=tender, by=enterprise),
        "dealings_shortlist": shortlist,
        "dealings_needdecision": decision_on_need,
        "dealings_needinvitation": call,
        "dealings_needquestion": question,
        "dealings_quote": quote,
        "dealings_suggestednotice": SuggestedNotice.objects.create(supplier=draft, tender=tender),
        "events_matchmakingevent": day,
        "matching_suggestion": suggestion,
        "matching_lesson": Lesson.objects.create(
            supplier=draft, tender=decline.tender, kind="too_large", amount=90_000, by=enterprise
        ),
        "matching_misfit": Misfit.objects.create(
            supplier=draft, tender=decline.tender, reason="other", by=staff
        ),
        "matching_buyersuggestion": BuyerSuggestion.objects.create(
            buyer=shop, supplier=published, need=need, points=80, reasons=[]
        ),
        "matching_newsupplieralert": NewSupplierAlert.objects.create(user=buyer, buyer=shop),
        "outreach_featuredsupplier": FeaturedSupplier.objects.create(
            week=week_of(timezone.localdate()), supplier=published
        ),
        "catalogue": Catalogue.objects.create(asked_by=staff, language="fr"),
        "outreach_campaign": Campaign.objects.create(
            pole=mauricie,
            name=SECRET_SHEET,
            slug="tournee",
            purpose=SECRET_PERSON,
            is_open=True,
            title="Tournée",
            text="Achetez.",
        ),
        "outreach_approach": Approach.objects.create(
            organisation=draft.organisation,
            pole=mauricie,
            side="selling",
            owner=staff,
            contact_name=SECRET_PERSON,
            contact_email=SECRET_EMAIL,
        ),
        "outreach_contactentry": ContactEntry.objects.create(
            organisation=draft.organisation, pole=mauricie, kind="note", said=SECRET_PERSON, by=staff
        ),
        "outreach_lettertemplate": LetterTemplate.objects.create(
            name="Modèle", pole=mauricie, title=SECRET_SHEET, body="Bonjour."
        ),
        "outreach_letter": letter_to(draft, pole=mauricie, by=staff, title=SECRET_SHEET),
        "outbox_event": event,
        "outbox_message": message,
        "outbox_suppression": Suppression.objects.create(
            address="refuse@exemple.test", pole=mauricie, reason="refused", source="report"
        ),
        "buyers_buyer": shop,
        "buyers_need": need,
        "buyers_procedurerule": ProcedureRule.objects.first(),
        "buyers_authorisationrule": AuthorisationRule.objects.first(),
        "buyers_clause": Clause.objects.first(),
        "enrolment": enrolment,
        "buyers_tender": tender,
        "buyers_noticesource": source,
        "buyers_feedfile": FeedFile.objects.create(
            source=source, name="hebdo.json", address="https://donnees.example/hebdo.json"
        ),
        "buyers_enterednotice": factories.EnteredNoticeFactory(pole=mauricie),
        "dealings_adjudicataires": SellerName.objects.create(
            name="Zacharie", key="zacharie", organisation=published.organisation, confidence=90
        ),
        "territories_pole": mauricie,
        "territories_mrc": SimpleNamespace(pk="371"),
        "territories_region": SimpleNamespace(pk="04"),
        "territories_municipality": SimpleNamespace(pk="37067"),
        "territories_nation": SimpleNamespace(pk="atikamekw"),
        "classification_unspsccode": SimpleNamespace(pk="76000000"),
        "classification_lexicongroup": LexiconGroup.objects.get(key="drapeaux"),
        "classification_sector": SimpleNamespace(pk="56"),
        "classification_purpose": SimpleNamespace(pk="insertion"),
        "classification_certification": SimpleNamespace(pk="iso-9001"),
        "classification_seaocategory": SimpleNamespace(pk="S14"),
    }
    people = dict(zip(ROLES, (None, enterprise, buyer, staff, foreign, admin), strict=True))
    ids: dict[str, Any] = {name: thing.pk for name, thing in objects.items()}
    return World(
        people,
        {
            **ids,
            "ocid": tender.ocid,
            "merge": merge.pk,
            "twins": f"{draft.pk}/{published.pk}",
            "invitation": token,
            "slug": draft.slug,
            "consortium_member": part.pk,
            "membership": membership.pk,
            "batch": decision.batch,
            "former": Supplier.pgh_event_model.objects.filter(pgh_obj_id=draft.pk).first().pgh_id,
            "offer": offer.pk,
            "institution": shop.organisation_id,
            "shortlist_entry": entry.pk,
            "evidence": evidence.file_id,
            "need_document": paper.file_id,
        },
    )
