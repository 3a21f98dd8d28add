"""People without an account: found, handed over, erased everywhere, and not brought back by an import."""

import json

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from marketplace.accounts import people
from marketplace.accounts.models import ErasedPerson, PersonalDataRead, PersonRequest
from marketplace.accounts.people import (
    erase_person,
    erased_among,
    export_person,
    find_person_traces,
    registered_columns,
)
from marketplace.accounts.person_marks import PersonMarks
from marketplace.accounts.personal_data import erase_personal_data
from marketplace.outbox.models import Message, Suppression
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers.models import Contact, Decision, RegistryRecord
from tests import factories
from tests.accounts.test_forgetting import everywhere

pytestmark = pytest.mark.django_db

NAME, EMAIL, PHONE = "Zoé O’Ficelle", "zoe.oficelle@exemple.test", "819 555-0142"
MARKS = PersonMarks(name=NAME, email=EMAIL, phone=PHONE)


def contact(supplier, **fields):
    values = {"name": NAME, "title": "Directrice", "email": EMAIL, "phone": PHONE} | fields
    return Contact.objects.create(supplier=supplier, **values)


def message(**fields):
    values = {
        "address": "autre@exemple.test", "kind": "essai", "subject": f"supplier:{Message.objects.count()}",
        "version": "1", "title": "Bonjour", "text": "…", "html": "<p>…</p>", "sender_name": "Maillage",
        "message_id": f"<{Message.objects.count()}@exemple.test>",
    }  # fmt: skip
    return Message.objects.create(**values | fields)


@pytest.fixture
def everywhere_named(pole_admin):
    """Someone named in each kind of place, at one enterprise of Mauricie."""
    supplier = factories.SupplierFactory(organisation__email=EMAIL, organisation__phone="(819) 555-0142")
    row = contact(supplier)
    row.title = "Ex-directrice"
    row.save()
    former = contact(supplier, name="O'FICELLE, Zoé")
    former.delete()  # only its history names her
    RegistryRecord.objects.create(
        supplier=supplier,
        mapping="maillage",
        fingerprint="x",
        values={"note": f"Voir {NAME}", "list": [{"courriel": EMAIL.upper()}], "tel": "+1 (819) 555.0142"},
    )
    Decision.objects.create(
        supplier=supplier,
        verb="publish",
        to_status="published",
        channel="phone",
        on_behalf_of="Zoe O'Ficelle",
        message="Zoé O’Ficelle a rappelé du 8195550142.",
    )
    Suppression.objects.create(
        address=EMAIL, reason="refused", source="report", said=f"<{EMAIL}>: no such user", message=message(address=EMAIL, text="Pour vous."),
    )  # fmt: skip
    message(
        title=f"{NAME} a répondu",
        text=f"Écrivez à {EMAIL} ou au 1-819-555-0142.",
        html=f'<p>Zo&eacute;</p><p>Zoé O&#x27;Ficelle</p><a href="mailto:{EMAIL}">{EMAIL}</a><a href="tel:+18195550142">x</a>',
        reply_to=EMAIL,
        headers={"X-Essai": EMAIL},
    )
    LogEntry.objects.create(
        user=pole_admin,
        content_type=ContentType.objects.get_for_model(Contact),
        object_id="1",
        object_repr=NAME,
        action_flag=CHANGE,
        change_message=f"Ajout de {NAME}.",
    )
    return supplier


@pytest.fixture
def pole_admin(platform_admin):
    return platform_admin


def keys_of(marks, user):
    return [trace.key for trace in find_person_traces(marks=marks, user=user)]


NEEDLES = ("oficelle", "O'Ficelle", "O’Ficelle", "O&#x27;Ficelle", "555-0142", "555.0142", "5550142")


def test_erased_person_stands_in_no_column_of_any_table(everywhere_named, platform_admin):
    assert any(everywhere(needle) for needle in NEEDLES)
    keys = keys_of(MARKS, platform_admin)
    names = {key.partition(":")[0] for key in keys}
    assert names == {
        "contacts",
        "organisations",
        "registry_rows",
        "decisions",
        "mails",
        "suppressions",
        "back_room_journal",
    }

    done = erase_person(marks=MARKS, keys=keys, channel="phone", by=platform_admin)

    assert {needle: everywhere(needle) for needle in NEEDLES} == {needle: [] for needle in NEEDLES}
    assert find_person_traces(marks=MARKS, user=None) == []
    assert done.counts == {
        "contacts": 2, "organisations": 1, "registry_rows": 1, "decisions": 1, "mails": 2, "suppressions": 1, "back_room_journal": 1,
    }  # fmt: skip
    assert not Contact.objects.exists()
    left = Message.objects.get()
    assert left.title == "Une personne a répondu"
    assert left.text == "Écrivez à [effacé] ou au [effacé]."
    decision = Decision.objects.get()
    assert (decision.on_behalf_of, decision.message) == (
        "Une personne",
        "Une personne a rappelé du [effacé].",
    )
    values = RegistryRecord.objects.get().values
    assert values == {"note": "Voir Une personne", "list": [{"courriel": ""}], "tel": ""}


def test_others_of_nearly_the_same_name_or_address_stay(platform_admin):
    supplier = factories.SupplierFactory()
    theirs = contact(supplier, name="Marie Roy", email="marie@exemple.test", phone="")
    others = [
        contact(supplier, name="Anne-Marie Roy", email="anne.marie@exemple.test", phone=""),
        contact(supplier, name="Marie Roy-Tremblay", email="marie@exemple.test.example", phone=""),
        contact(supplier, name="Marie-Ève Royer", email="", phone="418 555-0142"),
    ]
    marks = PersonMarks(name="marie roy", email="MARIE@exemple.test")
    assert keys_of(marks, platform_admin) == [f"contacts:{theirs.pk}"]
    erase_person(marks=marks, keys=keys_of(marks, platform_admin), channel="email", by=platform_admin)
    assert list(Contact.objects.order_by("pk")) == others


def test_a_name_alone_is_not_sure_but_where_their_address_stands(platform_admin):
    here, elsewhere = factories.SupplierFactory(), factories.SupplierFactory()
    contact(here)
    Decision.objects.create(supplier=here, verb="publish", to_status="published", on_behalf_of=NAME)
    contact(elsewhere, email="", phone="")
    sure = {
        t.key.partition(":")[0]: t.is_sure for t in find_person_traces(marks=MARKS, user=platform_admin)[:2]
    }
    assert sure == {"contacts": True, "decisions": True}
    assert not find_person_traces(marks=MARKS, user=platform_admin)[2].is_sure


def test_a_row_that_has_become_another_persons_only_forgets_its_past(platform_admin):
    row = contact(factories.SupplierFactory())
    row.name, row.email, row.phone = "Paul Autre", "paul@exemple.test", ""
    row.save()
    erase_person(marks=MARKS, keys=keys_of(MARKS, platform_admin), channel="email", by=platform_admin)
    assert Contact.objects.get().name == "Paul Autre"
    assert everywhere("oficelle") == []


def test_only_chosen_rows_are_erased(platform_admin):
    first, second = contact(factories.SupplierFactory()), contact(factories.SupplierFactory())
    erase_person(marks=MARKS, keys=[f"contacts:{first.pk}"], channel="email", by=platform_admin)
    assert list(Contact.objects.all()) == [second]
    with pytest.raises(WrongMove):
        erase_person(marks=MARKS, keys=["contacts:0"], channel="email", by=platform_admin)


def test_staff_of_a_pole_reach_their_territory_only(pole_staff, django_user_model):
    here = contact(factories.SupplierFactory())
    there = contact(factories.SupplierFactory(organisation__mrc_id="23"))
    assert keys_of(MARKS, pole_staff) == [f"contacts:{here.pk}"]
    done = erase_person(
        marks=MARKS, keys=[f"contacts:{here.pk}", f"contacts:{there.pk}"], channel="letter", by=pole_staff
    )
    assert list(Contact.objects.all()) == [there]
    assert (done.counts, done.left) == ({"contacts": 1}, 1)
    with pytest.raises(NotAllowed):
        erase_person(marks=MARKS, keys=[], channel="letter", by=factories.UserFactory())


def test_the_request_is_recorded_without_the_person(everywhere_named, platform_admin):
    keys = keys_of(MARKS, platform_admin)
    held = export_person(marks=MARKS, keys=keys, channel="in_person", by=platform_admin)
    assert EMAIL in json.dumps(held, ensure_ascii=False)
    assert PersonalDataRead.objects.filter(
        reader=platform_admin, what="people.copy", purpose="request"
    ).exists()
    erase_person(marks=MARKS, keys=keys, channel="email", by=platform_admin)
    kinds = list(PersonRequest.objects.order_by("at").values_list("kind", "channel", "by"))
    assert kinds == [("copy", "in_person", platform_admin.pk), ("erasure", "email", platform_admin.pk)]
    assert all(len(mark) == 64 for request in PersonRequest.objects.all() for mark in request.marks)
    assert ErasedPerson.objects.exists()


def test_an_erased_person_is_known_again_by_address_by_number_with_name_or_by_name_at_the_enterprise(
    platform_admin,
):
    supplier = factories.SupplierFactory()
    contact(supplier)
    erase_person(marks=MARKS, keys=keys_of(MARKS, platform_admin), channel="email", by=platform_admin)
    neq = supplier.organisation.neq
    again = [
        (PersonMarks(name="Z. Autrement", email=EMAIL.upper()), "1100000001"),
        (PersonMarks(name="O'FICELLE Zoe", phone="+1 819.555.0142"), "1100000001"),
        (PersonMarks(name="zoé o'ficelle"), neq),
    ]
    others = [
        (PersonMarks(name="Zoé O’Ficelle"), "1100000001"),
        (PersonMarks(name="Paul Autre", phone=PHONE), "1100000001"),
        (PersonMarks(), neq),
    ]
    assert erased_among([*again, *others]) == {again[0], again[1], again[2]}
    assert erased_among(others) == set()


def test_an_account_that_ends_takes_its_traces_along(platform_admin):
    supplier = factories.SupplierFactory()
    member = factories.UserFactory(first_name="Zoé", last_name="O’Ficelle", email=EMAIL)
    factories.MembershipFactory(user=member, organisation=supplier.organisation)
    factories.MembershipFactory(organisation=supplier.organisation, role="owner")
    contact(supplier)
    Decision.objects.create(supplier=supplier, verb="publish", to_status="published", on_behalf_of=NAME)
    erase_personal_data(user=member, by=member)
    assert everywhere("oficelle") == []
    assert everywhere("O’Ficelle") == []


# Columns of text that name nobody, by model: the test below asks for every other one.
NAMES_NOBODY = {
    "accounts.user": "the account's own provider", "account.emailaddress": "the account's own provider",
    "suppliers.directorytext": "written again from the rows", "suppliers.directoryfacets": "the same", "suppliers.directoryentry": "the same",
    "suppliers.searchword": "single words", "suppliers.directorystem": "single words", "suppliers.triagesign": "words of trades", "suppliers.triage": "a choice", "suppliers.importmemory": "headers of files", "suppliers.duplicatepair": "codes and a digest", "suppliers.registryextract": "names of files", "suppliers.emptysearch": "what was sought, without who", "matching.suggestion": "written again from offers",
    "matching.trait": "single words", "matching.lesson": "keys of the lexicon, regions", "matching.termcount": "single words",
    "mfa.authenticator": "secrets", "account.emailconfirmation": "secrets", "sessions.session": "signed sessions",
    "security.opensession": "browsers", "security.secrettry": "keyed digests", "security.securityevent": "ids, digests and networks", "pghistory.middlewareevents": "no table of its own",
    "pghistory.events": "no table of its own", "accounts.personrequest": "digests and counts", "accounts.erasedperson": "digests",
    "dealings.quote": "kept encrypted: nobody looks for anything in it", "dealings.contractanswer": "a choice",
    "buyers.procedurerule": "rules of the back room", "buyers.authorisationrule": "rules of the back room", "buyers.clause": "model clauses", "buyers.noticesource": "publishers of notices",
    "buyers.sourcestate": "how publishers fare", "buyers.feedfile": "their files", "buyers.needclause": "model clauses",
    "matching.alert": "what was sought, found by its person", "matching.alertreader": "the account's own provider",
    "matching.alertdigest": "ids and a secret", "matching.preferencelink": "secrets", "outreach.letterrefusal": "keyed digests",
    "matching.savedsearch": "what was sought, found by its person", "matching.buyersuggestion": "written again from offers",
    "dealings.visitwords": "what listings say themselves, without who asked", "dealings.follow": "versions of notices",
    "dealings.ownlist": "columns of a file, erased with it", "dealings.ownlistrow": "enterprises, erased with their list", "dealings.ownlistcategory": "names of categories",
    "accounts.personaldataread": "names of pages", "outbox.mention": "ids of notices", "web.listchange": "names of lists",
}  # fmt: skip
PUBLIC_RECORDS = {
    "buyers.tender",
    "buyers.tenderversion",
    "buyers.lot",
    "buyers.bidder",
    "buyers.award",
    "buyers.buyerparty",
    "buyers.enterednotice",
    "buyers.sellername",
}
CODES = {
    "slug", "code", "status", "state", "kind", "side", "role", "verb", "version", "subject", "purpose", "decision", "handler",
    "message_id", "mail_id", "token_hash", "email_hash", "fingerprint", "mapping", "channel_code", "identity", "digest", "after", "sheet", "shape", "content_type", "sha256", "domain", "website", "name",
    "town", "neq", "postal_code", "pgh_label", "language", "frequency", "reason", "channel", "to_status", "legal_form", "token",
    "free_slots", "object_id", "holder_model", "claimed_neq", "settled", "price", "source", "decline_reason", "supplier_name",
}  # fmt: skip


def test_every_column_of_words_is_registered_or_known_to_name_nobody():
    from django.apps import apps
    from django.db import models

    registered = {(c.model._meta.label_lower, name) for c in registered_columns() for name in c.fields}
    known = {model for model, _ in registered}
    free = []
    for model in apps.get_models():
        label = model._meta.label_lower
        if label.startswith(("classification.", "territories.", "auth.", "contenttypes.")) or hasattr(
            model, "pgh_tracked_model"
        ):
            continue
        if label in NAMES_NOBODY or label in PUBLIC_RECORDS or not model._meta.managed:
            continue
        for column in model._meta.local_concrete_fields:
            is_words = isinstance(column, models.CharField | models.TextField | models.JSONField)
            if (
                is_words
                and not column.choices
                and column.name not in CODES
                and (label, column.name) not in registered
            ):
                free.append(f"{label}.{column.name}")
    assert free == []
    assert known
    assert people.MOST
