"""Letters: whom they may reach, what they may say, that they leave once, and how they are stopped or refused."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.consents import give_consent, withdraw_consent
from marketplace.accounts.models import Consent
from marketplace.accounts.personal_data import erase_personal_data
from marketplace.outbox.delivery import send_due_mails
from marketplace.outbox.models import Attempted, Message, Suppression
from marketplace.outreach.models import (
    ContactEntry,
    Letter,
    LetterRefusal,
    LetterTarget,
    LetterTemplate,
    Purpose,
)
from marketplace.outreach.writing import letters
from marketplace.outreach.writing.letters import (
    audience_of,
    begin_letter,
    confirm_letter,
    mails_of,
    stop_letter,
    words_digest,
    write_step,
)
from marketplace.territories.models import Mrc
from marketplace.web.errors import Refused
from suppliers.models import Contact, Status, Supplier
from tests import factories
from tests.outreach.letters import letter_to

pytestmark = pytest.mark.django_db
LeftOut = LetterTarget.LeftOut


@pytest.fixture
def staff():
    return factories.PolePostFactory(pole=factories.pole("mauricie")).user


def listed(name: str, email: str = "", **more) -> Supplier:
    supplier = factories.SupplierFactory(name=name, **more)
    supplier.organisation.email = email
    supplier.organisation.save()
    return supplier


def managed(name: str, **more):
    supplier = factories.SupplierFactory(name=name, **more)
    return supplier, factories.MembershipFactory(organisation=supplier.organisation).user


def written(staff, *suppliers: Supplier, **words) -> Letter:
    letter = letter_to(*suppliers, pole=factories.pole("mauricie"), by=staff, **words)
    confirm_letter(letter=letter, seen=words_digest(letter), by=staff)
    while write_step(letter_id=letter.pk, by=None):
        pass
    letter.refresh_from_db()
    return letter


def why(letter: Letter) -> dict[str, str]:
    return {
        str(target.supplier): target.left_out
        for target in letter.targets.select_related("supplier__organisation")
    }


def test_each_purpose_reaches_those_it_may_and_says_why_it_leaves_others_out(staff):
    alone, without = listed("Seule", "info@seule.test"), listed("Sans adresse")
    gone = listed("Partie", "info@partie.test", status=Status.ARCHIVED)
    laval = listed("À Laval", "info@laval.test", mrc=Mrc.objects.get(code="65"))
    bad = listed("Refusée", "refuse@exemple.test")
    Suppression.objects.create(address="refuse@exemple.test", reason="refused", source="report")
    team, member = managed("Avec équipe")
    keen, agreed = managed("D’accord")
    give_consent(user=agreed, purpose=Consent.Purpose.POLE_ACTIVITIES, wording="Oui.", by=agreed)
    person = listed("Par sa personne")
    Contact.objects.create(supplier=person, name="Lise Roy", email="Lise@exemple.test")
    every = (alone, without, gone, laval, bad, team, keen, person)
    found = written(staff, *every)
    assert why(found) == {
        "Seule": "", "Sans adresse": LeftOut.NO_ADDRESS, "Partie": LeftOut.ARCHIVED, "À Laval": LeftOut.NOT_YOURS,
        "Refusée": LeftOut.SUPPRESSED, "Avec équipe": "", "D’accord": "", "Par sa personne": "",
    }  # fmt: skip
    addresses = {"info@seule.test", member.email, agreed.email, "lise@exemple.test"}
    assert set(mails_of(found).values_list("address", flat=True)) == addresses
    entries = ContactEntry.objects.filter(kind="mail", direction="out", pole="mauricie")
    assert set(entries.values_list("organisation__name", flat=True)) == {
        "Seule", "Avec équipe", "D’accord", "Par sa personne",
    }  # fmt: skip
    activities = written(staff, *every, purpose=Purpose.ACTIVITIES)
    assert [mail.recipient for mail in mails_of(activities)] == [agreed]
    assert why(activities)["Avec équipe"] == LeftOut.NO_CONSENT
    invitation = written(staff, *every, purpose=Purpose.INVITATION)
    assert why(invitation)["Avec équipe"] == LeftOut.HAS_MEMBERS
    assert mails_of(invitation).count() == 2
    assert why(written(staff, alone, purpose=Purpose.INVITATION)) == {"Seule": LeftOut.INVITED_LATELY}


def test_a_letter_is_checked_again_when_it_leaves(staff, mailoutbox):
    """Consent withdrawn, refused, stopped, suppressed, erased, archived: between the writing and the leaving."""
    keen, agreed = managed("D’accord")
    other, changed = managed("A changé")
    for user in (agreed, changed):
        give_consent(user=user, purpose=Consent.Purpose.POLE_NEWS, wording="Oui.", by=user)
    news = written(staff, keen, other, purpose=Purpose.NEWS)
    stays, refuses, archived, suppressed = (
        listed(name, f"info@{name}.test") for name in ("reste", "refuse", "archive", "supprime")
    )
    erased, person = managed("Personne effacée")
    letter = written(staff, stays, refuses, archived, suppressed, erased)
    assert mails_of(letter).count() == 5
    withdraw_consent(user=changed, purpose=Consent.Purpose.POLE_NEWS, by=changed)
    Supplier.objects.filter(pk=archived.pk).update(status=Status.ARCHIVED)
    Suppression.objects.create(address="info@supprime.test", reason="refused", source="report")
    LetterRefusal.objects.create(purpose=Purpose.LISTING, digest=letters_digest("info@refuse.test"))
    erase_personal_data(user=person, by=None)
    Message.objects.update(next_attempt_at=timezone.now())
    with CaptureQueriesContext(connection):
        send_due_mails()
    sent = set(
        Message.objects.filter(kind="outreach.letter", status=Attempted.Status.DONE).values_list(
            "address", flat=True
        )
    )
    assert sent == {agreed.email, "info@reste.test"}
    assert not mails_of(letter).filter(address=person.email).exists()
    assert mails_of(news).get(recipient=changed).status == Attempted.Status.CANCELLED


def letters_digest(address: str) -> str:
    from marketplace.outreach.writing.purposes import address_digest

    return address_digest(address)


def test_stopping_keeps_what_has_not_left_and_strikes_it_from_the_log(staff):
    one, two = listed("Une", "info@une.test"), listed("Deux", "info@deux.test")
    letter = written(staff, one, two)
    mails_of(letter).filter(address="info@une.test").update(
        status=Attempted.Status.DONE, done_at=timezone.now()
    )
    found = stop_letter(letter=letter, by=staff)
    assert (found.stopped, found.gone) == (1, 1)
    standing = ContactEntry.objects.standing().values_list("organisation__name", flat=True)
    assert list(standing) == ["Une"]
    with pytest.raises(Refused):
        stop_letter(letter=letter, by=staff)
    # Stopped while it is being written: nothing more is written.
    half = letter_to(one, two, pole=factories.pole("mauricie"), by=staff)
    confirm_letter(letter=half, seen=words_digest(half), by=staff)
    stop_letter(letter=half, by=staff)
    assert not write_step(letter_id=half.pk, by=None)
    assert not mails_of(half).exists()


def test_a_refusal_from_the_mail_stops_one_purpose_and_outlives_the_person(client, staff):
    supplier, member = managed("Avec équipe")
    give_consent(user=member, purpose=Consent.Purpose.POLE_NEWS, wording="Oui.", by=member)
    stops = {}
    for purpose in (Purpose.LISTING, Purpose.NEWS):
        mail = mails_of(written(staff, supplier, purpose=purpose)).get()
        assert mail.reply_to == staff.pole_posts.get().pole.email or mail.reply_to
        assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        stops[purpose] = re.search(r"<https://[^/]+(/[^>]+)>", mail.headers["List-Unsubscribe"])[1]
        assert client.get(stops[purpose]).status_code == 200
    assert not LetterRefusal.objects.exists()  # a GET acts on nothing
    client.post(stops[Purpose.NEWS], {"List-Unsubscribe": "One-Click"})
    assert not Consent.objects.standing().filter(user=member).exists()
    client.post(stops[Purpose.LISTING], {"List-Unsubscribe": "One-Click"})
    assert why(written(staff, supplier))["Avec équipe"] == LeftOut.REFUSED
    assert client.post(reverse("outreach:stop_letters", args=["1.2:faux"])).status_code == 404
    client.force_login(member)
    page = reverse("outreach:pole_letters")
    assert "ne recevez" not in client.get(page).content.decode()
    client.post(page, {"purpose": "listing", "accept": "1"})
    client.post(page, {"purpose": "pole_news", "give": "1"})  # without the box: nothing
    assert not Consent.objects.standing().filter(user=member).exists()
    client.post(page, {"purpose": "pole_news", "give": "1", "consent": "on"})
    assert Consent.objects.standing().get(user=member).wording.startswith("J’accepte")
    assert why(written(staff, supplier))["Avec équipe"] == ""
    client.post(stops[Purpose.LISTING])
    erase_personal_data(user=member, by=None)
    again = listed("Même adresse", member.email)
    assert why(written(staff, again)) == {"Même adresse": LeftOut.REFUSED}


def test_words_are_plain_text_with_known_fields_and_leave_as_they_were_seen(client, staff, platform_admin):
    """Through the pages: a foreign listing in the selection, hostile words, an old page, a double click, another pôle."""
    here = listed("<b>Atelier & Cie</b> {personne}", "info@ici.test")
    foreign = listed("À Laval", "info@laval.test", mrc=Mrc.objects.get(code="65"))
    client.force_login(staff)
    action = {
        "action": "write_to_selected_suppliers",
        "_selected_action": [here.pk, foreign.pk],
        "select_across": "0",
    }
    client.post(reverse("admin:suppliers_supplier_changelist"), action)
    letter = Letter.objects.get()
    assert [target.supplier for target in letter.targets.all()] == [here]
    page = reverse("outreach_admin:letter", args=[letter.pk])

    def posted(**words):
        shown = re.search(r'name="form_version" value="([^"]+)"', client.get(page).content.decode())[1]
        return client.post(page, {"form_version": shown, "purpose": "listing", "save": "1", **words})

    for wrong in ("{{ 7 }}", "{inconnu}", "{entreprise", "{% load %}"):
        assert posted(title="Objet", body=wrong).status_code == 200, wrong
    letter.refresh_from_db()
    assert letter.body == ""
    words = {"title": "{entreprise}\nBcc: x@y.test", "body": "<script>1</script> %s à {entreprise}"}
    assert posted(**words).status_code == 302
    shown = client.get(page).content.decode()
    assert "&lt;script&gt;1&lt;/script&gt; %s à &lt;b&gt;Atelier &amp; Cie&lt;/b&gt; {personne}" in shown
    seen = re.search(r'name="seen" value="([^"]+)"', shown)[1]
    assert posted(title="Autre objet", body="Autre texte").status_code == 302
    client.post(page, {"confirm": "1", "seen": seen})  # an old page
    assert Letter.objects.get().is_draft
    posted(**words)
    for _twice in range(2):
        client.post(page, {"confirm": "1", "seen": seen})
        while write_step(letter_id=letter.pk, by=None):
            pass
    mail = mails_of(letter).get()
    assert "\n" not in mail.title
    assert "<script>" not in mail.html
    assert "<b>Atelier" not in mail.html
    assert "{personne}" in mail.text  # what a value holds is no field
    assert "Laissées de côté" in client.get(page).content.decode()
    client.force_login(factories.PolePostFactory(pole=factories.pole("laval")).user)
    assert client.get(page).status_code == 404
    assert client.post(page, {"stop": "1"}).status_code == 404
    client.force_login(platform_admin)
    assert client.get(page).status_code == 200


def test_an_old_page_neither_replaces_nor_drops_what_a_colleague_wrote(client, staff):
    letter = letter_to(listed("Seule", "info@seule.test"), pole=factories.pole("mauricie"), by=staff)
    template = LetterTemplate.objects.create(name="T", pole=letter.pole, title="Objet", body="Texte")
    client.force_login(staff)
    page = reverse("outreach_admin:letter", args=[letter.pk])
    seen = client.get(page).context["seen"]
    Letter.objects.filter(pk=letter.pk).update(body="Une heure de travail")
    for button in ({"apply": "1", "template": template.pk}, {"drop": "1"}):
        client.post(page, {**button, "seen": seen})
        assert Letter.objects.get(pk=letter.pk).body == "Une heure de travail"
    client.post(page, {"apply": "1", "template": template.pk, "seen": client.get(page).context["seen"]})
    assert Letter.objects.get(pk=letter.pk).body == "Texte"


def test_a_letter_names_nobody_that_the_colleagues_of_its_pole_may_not_see(client, staff, platform_admin):
    """Written by who works for two pôles, or for all, and signed by one of them."""
    factories.PolePostFactory(user=staff, pole=factories.pole("laval"))
    staff.forget_roles()
    hidden = listed("Secrète", "info@secrete.test", status=Status.PROSPECT)
    factories.ContactFactory(supplier=hidden, name="Zoé Cachée", email="info@secrete.test")
    laval = listed("À Laval", "info@laval.test", mrc=Mrc.objects.get(code="65"))
    assert begin_letter(suppliers=Supplier.objects.filter(pk=laval.pk), by=staff).pole_id == "laval"
    colleague = factories.PolePostFactory(pole=factories.pole("laval")).user
    for writer in (staff, platform_admin):
        letter = letter_to(hidden, laval, pole=factories.pole("laval"), by=writer)
        client.force_login(colleague)
        page = reverse("outreach_admin:letter", args=[letter.pk])
        draft = client.get(page)
        assert draft.context["reasons"] == [("hors du territoire du pôle", 1)]
        confirm_letter(letter=letter, seen=words_digest(letter), by=writer)
        while write_step(letter_id=letter.pk, by=None):
            pass
        assert [mail.address for mail in mails_of(letter)] == ["info@laval.test"]
        for shown in (draft, client.get(page), client.get(page, {"voir": "ecartees"})):
            assert "Secrète" not in shown.content.decode()
            assert "Zoé Cachée" not in shown.content.decode()


def test_limits_hold_and_a_step_costs_the_same_whatever_the_letter(staff, monkeypatch):
    monkeypatch.setattr(letters, "MOST_TARGETS", 3)
    suppliers = [listed(f"N° {n}", f"info@n{n}.test") for n in range(4)]
    with pytest.raises(Refused, match="3 entreprises au plus"):
        begin_letter(suppliers=Supplier.objects.all(), by=staff)
    monkeypatch.undo()
    counts = []
    for some in (suppliers[:1], suppliers):
        letter = letter_to(*some, pole=factories.pole("mauricie"), by=staff)
        assert len(audience_of(letter).readers) == len(some)
        confirm_letter(letter=letter, seen=words_digest(letter), by=staff)
        with CaptureQueriesContext(connection) as captured:
            write_step(letter_id=letter.pk, by=None)
        counts.append(len(captured))
    assert counts[0] == counts[1]
    monkeypatch.setattr(letters, "MOST_A_DAY", 2)
    late = letter_to(suppliers[0], pole=factories.pole("mauricie"), by=staff)
    with pytest.raises(Refused, match="Attendez demain"):
        confirm_letter(letter=late, seen=words_digest(late), by=staff)
    Letter.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(days=91))
    assert letters.forget_drafts(by=None) == 1
