"""The security log: who did or tried what, from where; nothing that was typed, nothing rewritten, no disk filled."""

import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from marketplace.accounts.members import change_member_role
from marketplace.accounts.models import Membership
from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.accounts.security import log, log_retention
from marketplace.accounts.security.models import Kind, SecurityEvent
from marketplace.accounts.security.sentences import TOGETHER, sentence_of
from marketplace.web import limits
from tests import factories
from tests.security import people

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"
LOG = "/gestion/security/securityevent/"


def browser(address="203.0.113.7", **more):
    return Client(REMOTE_ADDR=address, HTTP_USER_AGENT=FIREFOX, **more)


def told(**where):
    rows = SecurityEvent.objects.filter(**where).select_related("actor", "person", "organisation")
    return [sentence_of(event) for event in rows.order_by("pk")]


def test_doors_tell_who_what_from_where_and_nothing_typed(valkey, capsys):
    person = people.person(first_name="Marie", last_name="Tremblay")
    typed = ["hunter2-is-secret", "Mot-de-Passe.9@typo.example", "n-importe-quoi-4"]
    visitor = browser()
    people.sign_in(visitor, person, typed[0])
    visitor.post(reverse("account_login"), {"login": typed[1], "password": typed[2]})
    people.sign_in(visitor, person)
    visitor.get("/gestion/?q=dites-33", follow=True)
    visitor.post(reverse("account_logout"))
    here = ", depuis 203.0.113.7 (Firefox, Windows)"
    digest = log.digest_of_address(typed[1])[:8]
    assert told() == [
        f"Échec de connexion pour Marie Tremblay{here}",
        f"Échec de connexion avec une adresse sans compte (empreinte {digest}){here}",
        f"Marie Tremblay a ouvert une session{here}",
        f"Page refusée à Marie Tremblay{here}",
        f"Marie Tremblay a fermé sa session{here}",
    ]
    kept = str(list(SecurityEvent.objects.values())) + capsys.readouterr().err
    assert SecurityEvent.objects.get(kind=Kind.PAGE_REFUSED).path == "/gestion/login/"
    assert not [text for text in (*typed, factories.PASSWORD, "dites-33", person.email) if text in kept]


def test_refusals_of_every_kind_are_kept(valkey, monkeypatch, settings):
    person = people.person()
    browser(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x"})
    monkeypatch.setattr(limits, "wait", lambda **_kwargs: 9)
    visitor = browser()
    visitor.force_login(person)
    visitor.post(reverse("security:end_others"))
    monkeypatch.undo()
    staff = people.confirmed(factories.PolePostFactory().user)
    settings.REQUIRE_STAFF_MFA = True
    visitor.force_login(staff)
    visitor.get("/gestion/accounts/user/3/change/")
    found = set(SecurityEvent.objects.values_list("kind", flat=True))
    assert {Kind.FORM_REFUSED, Kind.LIMIT_REACHED, Kind.GATE_CLOSED} <= found
    assert SecurityEvent.objects.get(kind=Kind.FORM_REFUSED).actor is None


def test_what_a_verb_refuses_outlives_its_transaction(monkeypatch):
    """The verb that a page calls is rolled back; that someone tried is not."""
    person, place = people.person(), factories.MembershipFactory(role=Membership.Role.EDITOR)
    factories.MembershipFactory(user=person, organisation=place.organisation, role=Membership.Role.EDITOR)
    visitor = browser()
    visitor.force_login(person)
    visitor.post(
        reverse("accounts:members_change", args=[place.organisation_id]),
        {"action": "role", "id": place.pk, "seen": "editor", "role": "owner"},
    )
    place.refresh_from_db()
    assert place.role == Membership.Role.EDITOR
    assert SecurityEvent.objects.filter(
        actor=person, kind__in=[Kind.MOVE_REFUSED, Kind.PAGE_REFUSED]
    ).exists()


def test_a_change_and_its_line_stand_or_fall_together():
    owner = factories.MembershipFactory(role=Membership.Role.OWNER)
    editor = factories.MembershipFactory(organisation=owner.organisation, role=Membership.Role.EDITOR)
    change = {"membership": editor, "role": Membership.Role.OWNER, "by": owner.user}
    with transaction.atomic():
        change_member_role(**change)
        transaction.set_rollback(True)
    assert not SecurityEvent.objects.filter(kind=Kind.ROLE_CHANGED).exists()
    change_member_role(**change)
    (line,) = told(kind=Kind.ROLE_CHANGED)
    assert str(owner.user) in line
    assert str(editor.user) in line
    assert owner.organisation.name in line


def test_the_log_is_only_added_to(settings):
    person = people.person()
    event = SecurityEvent.objects.create(
        kind=Kind.SIGN_IN, actor=person, address="203.0.113.7", at=timezone.now()
    )
    six = SecurityEvent.objects.create(kind=Kind.SIGN_IN_FAILED, address="2001:db8:12:34::5", tried="a" * 16)
    rows = SecurityEvent.objects.filter(pk=event.pk)
    for rewriting in (
        lambda: rows.update(kind=Kind.SIGN_OUT),
        lambda: rows.update(address=""),
        lambda: rows.update(actor=people.person()),
        lambda: rows.update(count=0),
        lambda: rows.delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rewriting()
    settings.KEEP_SECURITY_ADDRESS_DAYS = -1
    assert log_retention.forget_security_events(by=None) == 0
    event.refresh_from_db()
    six.refresh_from_db()
    assert (event.address, six.address) == ("203.0.113.0/24", "2001:db8:12::/48")
    assert (event.address, six.address) == (
        log.network_of("203.0.113.7"),
        log.network_of("2001:db8:12:34::5"),
    )
    settings.KEEP_SECURITY_MONTHS = -1
    assert log_retention.forget_security_events(by=None) == 2


def test_an_erased_person_leaves_the_lines_without_them():
    person = people.person(first_name="Marie", last_name="Tremblay")
    own = {"kind": Kind.SIGN_IN_FAILED, "address": "203.0.113.7"}
    SecurityEvent.objects.create(person=person, **own)
    SecurityEvent.objects.create(tried=log.digest_of_address(person.email), **own)
    copy = export_personal_data(person)["security"]["security_log"]
    assert [(row["what"], row["address"]) for row in copy] == [("sign_in_failed", "203.0.113.0/24")]
    erase_personal_data(user=person, by=person)
    rows = SecurityEvent.objects.filter(kind=Kind.SIGN_IN_FAILED)
    assert set(rows.values_list("person", "tried", "address")) == {(None, "", "203.0.113.0/24")}
    assert SecurityEvent.objects.filter(kind=Kind.ACCOUNT_ERASED).count() == 1


def test_a_flood_is_counted_not_stored(monkeypatch):
    monkeypatch.setattr(log, "MOST_PER_ADDRESS", 5)
    monkeypatch.setattr(log, "MOST_PER_KIND", 12)

    def refuse(address, email):
        request = browser(address).get("/healthz").wsgi_request
        token = log.asked.set(log.Asked(request))
        try:
            log.note_refusal(kind=Kind.SIGN_IN_FAILED, email=email)
            log.write_refusals(log.asked.get())
        finally:
            log.asked.reset(token)

    with time_machine.travel(timezone.now().replace(minute=10)):  # an hour's end begins to count anew
        for n in range(40):  # the same again and again, many accounts from one place, many places
            refuse("203.0.113.1", "une@exemple.test")
            refuse("203.0.113.2", f"autre{n}@exemple.test")
            refuse(f"198.51.100.{n}", f"encore{n}@exemple.test")
    rows = SecurityEvent.objects.filter(kind=Kind.SIGN_IN_FAILED)
    assert rows.count() <= 20
    assert sum(rows.values_list("count", flat=True)) == 120
    assert "Échecs de connexion à divers comptes" in " ".join(told())


def test_platform_admins_read_search_and_take_away(valkey):
    admin = people.person(is_superuser=True, first_name="Dominique", last_name="Lemay")
    marie = people.person(first_name="Marie", last_name="Tremblay")
    for person in (marie, people.person(first_name="Luc", last_name="Roy")):
        SecurityEvent.objects.create(kind=Kind.SIGN_IN_FAILED, person=person, address="203.0.113.7", count=40)
    SecurityEvent.objects.create(kind=Kind.SIGN_IN_FAILED, tried=log.digest_of_address("seule@ailleurs.test"))
    reader = browser("192.0.2.1")
    reader.force_login(admin)

    def shown(**query):
        return reader.get(LOG, query).context["cl"].result_list

    page = reader.get(LOG).content.decode()
    assert "Échec de connexion pour Marie Tremblay, depuis 203.0.113.7" in page
    assert "inhabituel" in page  # 81 failures today, none on the days before
    assert [event.person for event in shown(q="tremblay")] == [marie]
    assert len(shown(q="203.0.113.", issue="failed")) == 2
    assert len(shown(q="seule@ailleurs.test")) == 1 == len(shown(quoi="sign_in"))
    assert len(shown(jour=timezone.localdate().isoformat())) == 4
    assert reader.get(LOG, {"jour": "hier"}).status_code == 302
    table = reader.post(f"{reverse('security_admin:export_log')}?q=tremblay")
    lines = b"".join(table.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert "Marie Tremblay" in lines[1]
    assert told(kind=Kind.EXPORTED)[0].startswith(
        "Dominique Lemay a exporté le journal de sécurité (1 ligne)"
    )
    staff = browser()
    staff.force_login(factories.PolePostFactory().user)
    assert staff.post(reverse("security_admin:export_log")).status_code == 404


def test_every_kind_has_a_whole_sentence():
    names = {
        "actor": people.person(),
        "person": people.person(),
        "organisation": factories.OrganisationFactory(),
    }
    for language in ("fr", "en"):
        with translation.override(language):
            for kind in Kind:
                for fields in (
                    names,
                    {},
                    {"tried": "a" * 16},
                    {"target": log.MANY} if kind in TOGETHER else {},
                ):
                    said = sentence_of(SecurityEvent(kind=kind, **fields))
                    assert not re.search(r"None|%|^$", said), (kind, said)


def test_whatever_writes_roles_or_hands_over_tables_writes_the_log():
    """Which modules make a member, or answer with a file of rows: each calls the log itself."""
    writes = re.compile(
        r"Membership\.objects\.(create|get_or_create|update_or_create)|\bcsv_response\(|\bwrite_csv\(table|"
        r"filename=\"\{name\}\""
    )
    base = Path(settings.BASE_DIR)
    silent = [
        str(path.relative_to(base))
        for folder in ("marketplace", "suppliers", "buyers", "cohorts")
        for path in (base / folder).rglob("*.py")
        if "/demo/" not in str(path)
        and path.name not in ("admin_lists.py", "people_views.py")  # what defines it; what a verb records
        and writes.search(text := path.read_text())
        and not re.search(r"record_security_event|record_membership", text)
    ]
    assert not silent
