"""What matching does when a tender arrives or a supplier is published, once or twice."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone

from marketplace.dealings.declines import decline_notice
from marketplace.matching import event_handlers
from marketplace.matching.alerts.verbs import stop_alerts
from marketplace.matching.models import PendingNotice, Suggestion
from marketplace.outbox.events import post_event
from marketplace.outbox.models import Event, Mention, Message
from suppliers.curation import DecisionNote, publish_supplier
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Status, Supplier
from suppliers.undoing import undo_decision
from tests.factories import SupplierFactory, TenderFactory
from tests.matching.factories import alert_for, member_of
from tests.outbox.running import run_handlers, send_message

pytestmark = pytest.mark.django_db


def event(kind, subject, version="1"):
    return Event.objects.create(kind=kind, subject=subject, version=version)


def cleaner(**fields):
    return SupplierFactory(
        **({"offers": [("Entretien ménager", "76111500")], "serves": ["R04"], "activity": ""} | fields)
    )


def test_an_imported_tender_is_answered_by_suggestions_and_waits_for_the_mail():
    alert = alert_for(cleaner())
    tender = TenderFactory()
    heard = event("tender.imported", f"tender:{tender.pk}", "20261101120000")
    for _ in range(2):
        event_handlers.suggest_and_announce_tender(heard)
        assert Suggestion.objects.get().tender == tender
        assert PendingNotice.objects.get().alert == alert


def test_a_tender_that_fits_nobody_waits_for_nobody():
    alert_for(SupplierFactory())
    tender = TenderFactory()
    event_handlers.suggest_and_announce_tender(event("tender.imported", f"tender:{tender.pk}"))
    assert not PendingNotice.objects.exists()


def test_what_is_gone_meanwhile_is_passed_over():
    event_handlers.suggest_and_announce_tender(event("tender.imported", "tender:999999"))
    event_handlers.suggest_and_announce_supplier(event("supplier.published", "supplier:999999"))
    event_handlers.drop_suggestions(event("supplier.unpublished", "supplier:999999"))
    event_handlers.rewrite_withheld_email(event("message.withheld", "message:999999"))


def test_a_published_supplier_hears_of_its_best_tenders_only():
    tenders = [TenderFactory() for _ in range(7)]
    one = cleaner()
    alert_for(one, frequency="daily")
    other = alert_for(cleaner())
    event_handlers.suggest_and_announce_supplier(event("supplier.published", f"supplier:{one.pk}", "12"))
    assert Suggestion.objects.filter(supplier=one).count() == len(tenders)
    assert PendingNotice.objects.count() == event_handlers.TOLD_AT_ONCE
    assert not PendingNotice.objects.filter(alert=other).exists()


def test_an_unpublished_supplier_loses_its_suggestions():
    tender, one = TenderFactory(), cleaner()
    event_handlers.suggest_and_announce_tender(event("tender.imported", f"tender:{tender.pk}"))
    Supplier.objects.filter(pk=one.pk).update(status=Status.ARCHIVED)
    reindex_suppliers(supplier_ids=[one.pk])
    event_handlers.drop_suggestions(event("supplier.unpublished", f"supplier:{one.pk}"))
    assert not Suggestion.objects.exists()


def test_a_supplier_published_again_meanwhile_keeps_its_suggestions():
    tender, one = TenderFactory(), cleaner()
    event_handlers.suggest_and_announce_tender(event("tender.imported", f"tender:{tender.pk}"))
    event_handlers.drop_suggestions(event("supplier.unpublished", f"supplier:{one.pk}"))
    assert Suggestion.objects.filter(supplier=one).exists()


# --- One publication is one mail --------------------------------------------------------------------------------------


@pytest.fixture
def submitted(platform_admin):
    """A supplier that waits to be published, seven tenders that fit it, and a member who asked to hear at once."""
    supplier = cleaner(status="submitted")
    for _ in range(7):
        TenderFactory()
    return supplier


def publish(supplier, by) -> None:
    publish_supplier(supplier=supplier, by=by, note=DecisionNote("Bienvenue parmi nous."))


def let_the_wait_pass() -> None:
    """As if the ten minutes of a decision's letters were over."""
    Message.objects.exclude(decision="").update(next_attempt_at=timezone.now())


def send_due() -> list:
    for pk in Message.objects.due().order_by("pk").values_list("pk", flat=True):
        send_message(message_id=pk)
    return mail.outbox


def test_one_publication_is_one_mail_with_all_of_it(submitted, platform_admin):
    alert = alert_for(submitted)
    publish(submitted, platform_admin)
    run_handlers()
    assert send_due() == []  # for ten minutes the publication may be undone
    let_the_wait_pass()
    [sent] = send_due()
    assert sent.to == [alert.user.email]
    assert "votre fiche est publiée" in sent.subject
    html = sent.alternatives[0][0]
    for part in (sent.body, html):
        assert "Bienvenue parmi nous." in part
        assert f"/fournisseurs/{submitted.slug}/" in part
        for mention in Mention.objects.all():
            assert mention.notice in part
    assert Mention.objects.count() == event_handlers.TOLD_AT_ONCE
    run_handlers()
    assert len(send_due()) == 1


def test_publication_mail_of_who_has_no_instant_alert_leaves_alone_after_the_wait(submitted, platform_admin):
    plain, daily = member_of(submitted), alert_for(submitted, frequency="daily")
    publish(submitted, platform_admin)
    run_handlers()
    assert send_due() == []
    let_the_wait_pass()
    assert sorted(m.to[0] for m in send_due()) == sorted([plain.email, daily.user.email])
    assert PendingNotice.objects.filter(alert=daily).count() == event_handlers.TOLD_AT_ONCE
    assert not Mention.objects.exists()


def test_publication_mail_leaves_by_itself_where_no_worker_came(submitted, platform_admin):
    alert = alert_for(submitted)
    publish(submitted, platform_admin)
    let_the_wait_pass()
    assert len(send_due()) == 1
    run_handlers()  # late: the tenders come in a mail of their own
    first, second = send_due()
    assert first.to == second.to == [alert.user.email]
    assert "votre fiche est publiée" not in second.subject
    assert "Bienvenue" not in second.body


def test_publication_is_still_told_where_the_gathered_mail_must_not_leave(submitted, platform_admin):
    alert = alert_for(submitted)
    publish(submitted, platform_admin)
    run_handlers()
    stop_alerts(alerts=[alert], by=alert.user)
    let_the_wait_pass()
    send_due()  # withholds the gathered mail, releases the other
    [sent] = send_due()
    assert "Bienvenue parmi nous." in sent.body
    assert "List-Unsubscribe" not in sent.extra_headers


def test_publication_mail_names_no_tender_that_was_put_aside(submitted, platform_admin):
    alert = alert_for(submitted)
    publish(submitted, platform_admin)
    run_handlers()
    [first, *_others] = Mention.objects.order_by("pk")
    tender = Suggestion.objects.get(supplier=submitted, tender__ocid=first.notice).tender
    decline_notice(supplier=submitted, notice=tender, by=alert.user)
    let_the_wait_pass()
    send_due()
    run_handlers()
    sent = send_due()
    assert all(first.notice not in m.body for m in sent)
    assert sum("Bienvenue" in m.body for m in sent) == 1


def test_publication_undone_tells_nothing_not_even_the_tenders(submitted, platform_admin):
    alert_for(submitted)
    decision = publish_supplier(supplier=submitted, by=platform_admin)
    run_handlers()
    undo_decision(decision=decision, by=platform_admin)
    run_handlers()
    let_the_wait_pass()
    assert send_due() == []
    assert set(Message.objects.values_list("status", flat=True)) == {"cancelled"}
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize("late", [False, True])
def test_publication_made_again_tells_it_and_the_tenders_once(submitted, platform_admin, late):
    alert = alert_for(submitted)
    decision = publish_supplier(supplier=submitted, by=platform_admin)
    if not late:  # workers that run between the presses, or after all of them
        run_handlers()
    undo_decision(decision=decision, by=platform_admin)
    if not late:
        run_handlers()
    publish(submitted, platform_admin)
    run_handlers()
    let_the_wait_pass()
    sent = send_due()
    run_handlers()
    sent = send_due()
    assert {m.to[0] for m in sent} == {alert.user.email}
    assert sum("Bienvenue parmi nous." in m.body for m in sent) == 1
    told = [mention.notice for mention in Mention.objects.all()]
    assert len(told) == event_handlers.TOLD_AT_ONCE
    assert all(sum(notice in m.body for m in sent) == 1 for notice in told)


def test_system_that_publishes_writes_the_tenders_alone(submitted):
    alert_for(submitted)
    publish_supplier(supplier=submitted, by=None)
    run_handlers()
    [sent] = send_due()
    assert "5 nouveaux avis" in sent.subject


def test_events_reach_the_handlers_through_the_outbox():
    alert = alert_for(cleaner())
    tender = TenderFactory()
    post_event(kind="tender.imported", subject=f"tender:{tender.pk}", version="1")
    assert run_handlers() == 1
    assert PendingNotice.objects.get().alert == alert
