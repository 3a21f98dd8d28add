"""The pipeline: a list comes in, calls move it on, an institution is invited and arrives, somebody follows somebody."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from buyers.models import Buyer, Need
from marketplace.accounts.invitations import accept_invitation, create_invitation
from marketplace.accounts.models import Invitation, Membership, Organisation
from marketplace.outbox.models import Message
from marketplace.outreach.contact_log.recording import NextAction, log_contact
from marketplace.outreach.models import Approach, ContactEntry, InstitutionInvitation, Respondent
from marketplace.outreach.pipeline.following import (
    Call,
    log_call,
    move_approach,
    note_commitment,
    start_approach,
)
from marketplace.outreach.pipeline.inviting import arrive, invite_institution, note_arrivals
from marketplace.outreach.pipeline.queries import ApproachQuery, found_approaches
from marketplace.outreach.pipeline.reminding import send_follow_ups
from marketplace.outreach.pipeline.respondents import Person, succeed_respondent
from marketplace.web.errors import Refused
from suppliers.duplicates.merging import merge_suppliers
from tests import factories
from tests.admin.conftest import signed_in
from tests.web.versions import posted_back

pytestmark = pytest.mark.django_db

LIST = """Liste des institutions de la Mauricie;;;;
Nom;NEQ;MRC;Type;Téléphone
Ville de Zacharie;8811111111;Trois-Rivières;Municipalité;819 555-0100
MRC de Zénobie;;Maskinongé;MRC;
Ville connue;;Maskinongé;Municipalité;
Ville de Laval la neuve;;Laval;Municipalité;
Sans lieu;;;Municipalité;
;;Maskinongé;;
Ville de Zacharie;8811111111;Trois-Rivières;Municipalité;
Le mauvais NEQ;88;Maskinongé;;
"""


def upload(text=LIST):
    return SimpleUploadedFile("liste.csv", text.encode(), "text/csv")


def followed(by, **fields):
    organisation = fields.pop("organisation", None) or factories.OrganisationFactory(name="Ville de Zoé")
    row, _new = start_approach(organisation=organisation, side="buying", by=by, known=fields)
    return row


def called(row, by, answer, **fields):
    return log_call(approach=row, call=Call(answer, **fields), key=uuid4(), by=by)


def placed(row):
    return Approach.objects.placed().get(pk=row.pk)


def test_a_list_is_tried_imported_and_taken_back(pole_staff):
    known = factories.OrganisationFactory(name="VILLE CONNUE", mrc_id="51", region_id="04")
    client, page = signed_in(pole_staff), reverse("outreach_admin:bodies")
    tried = client.post(page, {"file": upload(), "pole": "mauricie", "try": "1"})
    assert Approach.objects.count() == 0
    outcome = tried.context["outcome"]
    assert (outcome.read, len(outcome.added), outcome.known) == (8, 2, ["VILLE CONNUE"])
    assert [row for row, _why in outcome.rejected] == [6, 7, 8, 9, 10]
    client.post(page, {"file": upload(), "pole": "mauricie", "import": "1"})
    rows = Approach.objects.select_related("organisation")
    assert {row.organisation.name: (row.kind, row.organisation.mrc_id) for row in rows} == {
        "Ville de Zacharie": ("municipality", "371"),
        "MRC de Zénobie": ("mrc", "51"),
        "VILLE CONNUE": ("municipality", "51"),
    }
    again = client.post(page, {"file": upload(), "pole": "mauricie", "import": "1"}).context["outcome"]
    assert (len(again.added), len(again.already)) == (0, 3)
    called(rows.get(organisation__neq="8811111111"), pole_staff, "message")
    client.post(page, {"undo": str(rows.first().batch)})
    assert [row.organisation.name for row in Approach.objects.all()] == ["Ville de Zacharie"]
    assert Organisation.objects.filter(pk=known.pk).exists()
    assert not Organisation.objects.filter(name="MRC de Zénobie").exists()


def test_calls_move_the_row_and_the_next_one_follows(pole_staff):
    rows = [
        followed(pole_staff, organisation=factories.OrganisationFactory(name=f"Ville {n}")) for n in "abc"
    ]
    client, page = signed_in(pole_staff), reverse("outreach_admin:calls")
    shown = client.get(page)
    assert (shown.context["row"].pk, shown.context["left"]) == (rows[0].pk, 3)
    form = shown.context["form"].initial
    sent = {"approach": form["approach"], "key": form["key"], "answer": "message", "said": "Boîte vocale"}
    sent |= {"next_action": "Rappeler", "next_on": str(timezone.localdate() + timedelta(days=7))}
    for _time in range(2):  # a double click
        client.post(page, sent)
    entry = ContactEntry.objects.get()
    assert (entry.result, entry.next_by, placed(rows[0]).place) == ("message", pole_staff, "asked")
    assert client.get(page).context["row"].pk == rows[1].pk
    assert client.get(page, {"apres": rows[1].pk}).context["row"].pk == rows[2].pk
    called(rows[1], pole_staff, "interested")
    called(rows[1], pole_staff, "no_answer")
    assert placed(rows[1]).place == "talking", "a call without an answer takes nobody back"
    called(rows[2], pole_staff, "declined", said="Pas cette année.")
    assert client.get(page).context["row"] is None
    Approach.objects.update(stage_on=timezone.localdate() - timedelta(days=31))
    silent = found_approaches(pole_staff, ApproachQuery(silent=True))
    assert [row.pk for row in silent] == [rows[0].pk]


def test_a_gesture_of_the_board_is_undone_and_an_old_page_refused(pole_staff):
    row = followed(pole_staff)
    client, move = signed_in(pole_staff), reverse("outreach_admin:move", args=[row.pk])
    done = client.post(move, {"stage": "asked", "seen": "to_ask"})
    assert client.get(done["Location"]).context["undo"]["before"] == "to_ask"
    client.post(move, {"stage": "to_ask", "seen": "asked", "undoing": "1"})
    row.refresh_from_db()
    assert row.stage == "to_ask"
    move_approach(approach=row, stage="talking", seen="to_ask", by=pole_staff)
    old = client.post(move, {"stage": "asked", "seen": "to_ask"}, follow=True)
    assert "a changé d’étape entretemps" in old.content.decode()
    other = signed_in(factories.PolePostFactory(pole=factories.pole("laval")).user)
    assert other.post(move, {"stage": "asked", "seen": "talking"}).status_code == 404
    assert not list(other.get(reverse("outreach_admin:board")).context["columns"][0]["cards"])
    assert (
        "Ville de Zoé" not in b"".join(other.get(reverse("outreach_admin:export")).streaming_content).decode()
    )


def test_an_invited_person_arrives_once_on_a_ready_profile(pole_staff, platform_admin):
    supplier = factories.SupplierFactory(name="Les deux côtés")  # an enterprise that buys too
    row = followed(pole_staff, organisation=supplier.organisation, kind="other")
    client = signed_in(pole_staff)
    sent = {"name": "Zoé Hamel", "title": "Greffière", "email": "zoe@zacharie.test", "message": "À bientôt."}
    client.post(reverse("outreach_admin:invite", args=[row.pk]), sent)
    assert (placed(row).place, Buyer.objects.get().organisation) == ("invited", supplier.organisation)
    letter = Message.objects.get(kind="outreach.invited")
    link = letter.text.partition("acheteurs/invitation/")[2].split("/")[0]
    page = f"/acheteurs/invitation/{link}/"
    stranger = Client()
    assert "Les deux côtés" in stranger.get(page).content.decode()
    assert Membership.objects.filter(organisation=supplier.organisation).count() == 0, "a GET only shows"
    forwarded = signed_in(factories.UserFactory())
    assert "Une autre personne est connectée" in forwarded.get(page).content.decode()
    forwarded.post(page, {"first_name": "A", "last_name": "B", "password": "long-et-secret-42"})
    assert not InstitutionInvitation.objects.get().arrived_at
    typed = {"first_name": "Zoé", "last_name": "Hamel", "password": "long-et-secret-42"}
    came = stranger.post(page, typed)
    assert came["Location"].endswith(f"/acheteurs/{Buyer.objects.get().slug}/")
    organisation = Organisation.objects.get(pk=supplier.organisation_id)
    assert (organisation.institution_verified_by_id, placed(row).place) == ("mauricie", "arrived")
    assert Respondent.objects.get().user.email == "zoe@zacharie.test"
    assert Client().post(page, typed).status_code == 404, "the link has served"
    again = invite_institution(approach=row, name="Alma", title="", email="alma@zacharie.test", by=pole_staff)
    Invitation.objects.filter(pk=again.invitation_id).update(expires_at=timezone.now())
    assert note_arrivals(by=None) == 0
    with pytest.raises(Refused):
        invite_institution(approach=row, name="Zoé", title="", email="zoe@zacharie.test", by=pole_staff)


def token_of(letter):
    return letter.text.partition("acheteurs/invitation/")[2].split("/")[0]


def test_an_arrival_says_nothing_of_who_registered_before_and_was_not_decided(pole_staff):
    organisation = factories.OrganisationFactory(awaits_review=True)
    factories.MembershipFactory(organisation=organisation, role="owner")
    row = followed(pole_staff, organisation=organisation)
    invite_institution(approach=row, name="Zoé", title="", email="zoe@zacharie.test", by=pole_staff)
    account = {"first_name": "Zoé", "last_name": "Hamel", "password": "long-et-secret-42"}
    arrive(token=token_of(Message.objects.get(kind="outreach.invited")), by=None, sign_up=account)
    organisation.refresh_from_db()
    assert (organisation.institution_verified_on, organisation.awaits_review) == (None, True)
    assert Respondent.objects.get().user.email == "zoe@zacharie.test"


def test_what_gave_way_to_another_is_neither_followed_nor_joined(pole_staff):
    kept, lost = (factories.SupplierFactory(name="Ville Double") for _n in range(2))
    Organisation.objects.filter(pk=lost.organisation_id).update(neq="8811111111")
    for organisation in (kept.organisation, lost.organisation):  # one cannot follow: the other has the same
        _invitation, token = create_invitation(
            organisation=organisation, email="zoe@zacharie.test", by=pole_staff
        )
        followed(pole_staff, organisation=organisation)
    lost.refresh_from_db()
    client = signed_in(pole_staff)
    merge_suppliers(kept=kept, lost=lost, choices={"neq": "kept"}, by=pole_staff)
    board = client.get(reverse("outreach_admin:board")).context
    assert board["total"] == 1, "the pôle courted both"
    Approach.objects.all().delete()
    person = factories.UserFactory(email="zoe@zacharie.test")
    assert accept_invitation(token=token, by=person).organisation_id == kept.organisation_id
    page = reverse("outreach_admin:bodies")
    place = kept.organisation.mrc.name
    for line in (f"Ville Double;8811111111;{place}", f"Ville Double;;{place}"):
        sent = {"file": upload(f"Nom;NEQ;MRC\n{line}\n"), "pole": "mauricie", "import": "1"}
        assert client.post(page, sent).context["outcome"].rejected == []
    assert Approach.objects.get().organisation_id == kept.organisation_id


def test_a_form_sent_twice_invites_once_and_an_old_page_writes_over_no_promise(pole_staff):
    row, client = followed(pole_staff), signed_in(pole_staff)
    page = reverse("outreach_admin:invite", args=[row.pk])
    sent = posted_back(client.get(page), having="key") | {"name": ["Zoé"], "email": ["zoe@zacharie.test"]}
    for _time in range(2):
        assert client.post(page, sent).status_code == 302
    assert (Message.objects.filter(kind="outreach.invited").count(), ContactEntry.objects.count()) == (1, 1)
    page = reverse("outreach_admin:commitment", args=[row.pk])
    old = posted_back(client.get(page)) | {"promise": ["Deux contrats"]}
    colleague = posted_back(client.get(page)) | {"promise": ["Dix contrats par an"]}
    assert client.post(page, colleague).status_code == 302
    assert "Dix contrats par an" in client.post(page, old).content.decode()
    row.refresh_from_db()
    assert row.promise == "Dix contrats par an"
    seen = client.get(page).context["seen"]
    note_commitment(approach=row, on=timezone.localdate(), promise="Onze contrats", by=pole_staff)
    answer = client.post(page, {"move": "take_back", "seen": seen}, follow=True)
    assert "L’engagement a changé" in answer.content.decode()
    row.refresh_from_db()
    assert row.promise == "Onze contrats"
    client.post(page, {"move": "take_back", "seen": answer.context["seen"]})
    row.refresh_from_db()
    assert (row.promise, row.committed_on) == ("", None)


def test_what_someone_who_left_had_to_do_passes_on(pole_staff):
    gone = factories.PolePostFactory(pole=factories.pole("mauricie"))
    log_contact(
        organisation=factories.OrganisationFactory(), kind="note", said="Oui.", by=gone.user,
        next_action=NextAction("Rappeler", timezone.localdate(), gone.user),
    )  # fmt: skip
    type(gone).objects.filter(pk=gone.pk).update(until=timezone.localdate())
    sent = {"pole": "mauricie", "leaver": gone.user.pk, "successor": pole_staff.pk}
    signed_in(pole_staff).post(reverse("outreach_admin:hand_over"), sent)
    assert ContactEntry.objects.get().next_by == pole_staff


def test_pages_answer_numbers_that_are_too_long(pole_staff):
    client = signed_in(pole_staff)
    followed(pole_staff)
    for name in ("apres", "fiche", "campagne", "deplacee"):
        for page in ("calls", "board", "export"):
            assert client.get(reverse(f"outreach_admin:{page}"), {name: "9" * 5000}).status_code == 200


def test_a_successor_takes_over_needs_place_and_name(pole_staff):
    shop = factories.BuyerFactory(name="Ville de Zoé", verified_at=[])
    leaver = factories.MembershipFactory(organisation=shop.organisation, role="owner").user
    coming = factories.MembershipFactory(organisation=shop.organisation, role="editor")
    need = factories.NeedFactory(buyer=shop, created_by=leaver)
    row = followed(
        pole_staff,
        organisation=shop.organisation,
        contact_name="Zoé",
        consent_on=timezone.localdate(),
        consent_how="Oui",
    )
    today = timezone.localdate()
    action = log_contact(
        organisation=shop.organisation, kind="note", said="Oui", by=pole_staff,
        next_action=NextAction("Rappeler", today, pole_staff),
    )  # fmt: skip
    Respondent.objects.create(
        pole=factories.pole("mauricie"), organisation=shop.organisation, user=leaver, name="Zoé", since=today
    )
    client, page = signed_in(pole_staff), reverse("outreach_admin:respondents", args=[shop.organisation_id])
    sent = {
        "member": coming.pk,
        "on": str(today),
        "pass_needs": "on",
        "pass_membership": "on",
        "title": "Greffe",
    }
    seen = {"seen": str(Respondent.objects.get().pk)}
    assert client.post(page, sent | seen).status_code == 302
    assert (
        "rechargez" in client.post(page, sent | seen | {"member": "", "name": "Une autre"}).content.decode()
    )
    need.refresh_from_db(), row.refresh_from_db(), action.refresh_from_db()
    assert need.created_by == coming.user
    roles = dict(Membership.objects.filter(organisation=shop.organisation).values_list("user", "role"))
    assert roles == {coming.user_id: "owner"}
    first, second = Respondent.objects.order_by("pk")
    assert (first.until, second.replaces, second.user) == (today, first, coming.user)
    assert (row.contact_name, row.consent_on, action.has_open_action) == (second.name, None, True)
    with pytest.raises(Refused):
        succeed_respondent(respondent=first, person=Person("X"), on=today, by=pole_staff)
    assert Need.objects.count() == 1


def test_the_weekly_letter_leaves_once_and_only_with_something_to_say(pole_staff):
    assert send_follow_ups(by=None) == 0
    row = followed(pole_staff)
    Approach.objects.update(owner=pole_staff)
    assert send_follow_ups(by=None) == 0
    called(row, pole_staff, "message")
    Approach.objects.update(stage_on=timezone.localdate() - timedelta(days=40))
    assert [send_follow_ups(by=None) for _time in range(2)] == [1, 0]
    assert "Ville de Zoé" in Message.objects.get(kind="outreach.follow_up").text
