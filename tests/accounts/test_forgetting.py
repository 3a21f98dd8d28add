"""After an erasure: every column of every table is searched for the person."""

from allauth.account.models import EmailAddress
from django.db import connection

from marketplace.accounts.joining import accept_join_request, refuse_join_request
from marketplace.accounts.members import (
    change_member_role,
    hand_over_organisation,
    invite_member,
    leave_organisation,
)
from marketplace.accounts.models import Membership, User
from marketplace.accounts.personal_data import erase_personal_data
from marketplace.accounts.tasks import tell_members
from marketplace.outbox.models import Message
from suppliers.claims import claim_supplier
from tests import factories
from tests.outbox.running import run_handlers


def everywhere(text: str) -> list[str]:
    """The tables that hold a text in any column, history and mails included."""
    tables = [t for t in connection.introspection.table_names() if not t.startswith(("classif", "territ"))]
    with connection.cursor() as cursor:
        held = []
        for table in tables:
            asked = f'SELECT 1 FROM "{table}" AS whole WHERE whole::text ILIKE %s'  # noqa: S608 - our own tables
            cursor.execute(asked, [f"%{text}%"])
            held += [table] if cursor.fetchone() else []
    return held


def test_erased_person_stands_in_no_table_and_in_nobodys_mail(db, pole_staff):
    person = factories.UserFactory(
        first_name="Zoltane", last_name="O'Ficelle", email="zoltane.oficelle@exemple.test"
    )
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    sheet, other = factories.SupplierFactory(), factories.SupplierFactory()
    owner = factories.MembershipFactory(organisation=sheet.organisation, role=Membership.Role.OWNER)
    accept_join_request(
        join_request=claim_supplier(supplier=sheet, title="Trésorière", message="Appelez.", by=person),
        by=pole_staff,
    )
    refuse_join_request(
        join_request=claim_supplier(supplier=other, title="Trésorière", message="Appelez.", by=person),
        by=pole_staff,
        answer="Non.",
    )
    again = User.objects.get(pk=person.pk)
    change_member_role(membership=again.memberships.get(), role=Membership.Role.OWNER, by=owner.user)
    invite_member(organisation=sheet.organisation, email="invitee@exemple.test", role="editor", by=again)
    hand_over_organisation(organisation=sheet.organisation, to=owner, by=again)
    leave_organisation(organisation=sheet.organisation, by=again)
    run_handlers()
    tell_members()
    assert everywhere("ficelle")
    before = Message.objects.exclude(recipient=person).count()
    erase_personal_data(user=User.objects.get(pk=person.pk), by=person)
    assert everywhere("ficelle") == []
    assert Message.objects.count() == before, "what was written to others stays theirs"
    assert Message.objects.filter(title__startswith="Une personne a quitté").exists()
