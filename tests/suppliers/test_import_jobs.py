"""Imports from the page: a pôle's list brought in, undone, brought in again; nothing partial, nothing lost, nobody else's."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from buyers.models import SellerName
from marketplace.accounts.people import erase_person, find_person_traces
from marketplace.accounts.person_marks import PersonMarks
from marketplace.matching.models import Experience, Track
from marketplace.territories.models import Mrc
from marketplace.web.errors import Refused, WrongMove
from marketplace.web.folding import fold_text
from marketplace.web.private_files.tables import check_table
from suppliers.editing import update_supplier
from suppliers.import_jobs import running
from suppliers.import_jobs.annotating import annotated_file
from suppliers.import_jobs.correcting import correct_rows
from suppliers.import_jobs.deposit import (
    choose_columns,
    deposit_import,
    explain_words,
    run_import,
    undo_import,
)
from suppliers.import_jobs.running import advance_import
from suppliers.import_jobs.standing import standing_of
from suppliers.models import Contact, ListedRow, Offer, RegistryRecord, Status, Supplier, SupplierImport
from tests import factories
from tests.suppliers.import_files import listing_text
from tests.suppliers.real_lists import real_list

pytestmark = pytest.mark.django_db
State = SupplierImport.State
ROWS = 24


def upload(content, name="liste.csv"):
    content = content.encode() if isinstance(content, str) else content
    return check_table(SimpleUploadedFile(name, content))


def brought(content, by, pole="mauricie", name="liste.csv"):
    """Deposited, its columns taken as they are proposed, read."""
    job = deposit_import(upload=upload(content, name), pole=factories.pole(pole), by=by)
    choose_columns(job=job, columns=job.columns, by=by)
    advance_import(job.pk)
    job.refresh_from_db()
    return job


def run(job, by):
    run_import(job=job, revision=job.revision, by=by)
    advance_import(job.pk)
    job.refresh_from_db()
    return job


def undone(job, by):
    undo_import(job=job, by=by)
    advance_import(job.pk)
    job.refresh_from_db()
    return job


def everything():
    """All that an import may write, by name of enterprise."""
    names = dict(Supplier.objects.values_list("pk", "organisation__name"))
    said = {}
    for model in (RegistryRecord, ListedRow):
        for pk, values, fingerprint in model.objects.values_list("supplier", "values", "fingerprint"):
            said.setdefault(pk, []).append((values, fingerprint))
    return sorted(((names[pk], one, said.get(pk)) for pk, one in standing_of(list(names)).items()), key=str)


def test_a_real_list_is_brought_in_undone_and_brought_in_again(pole_staff):
    content = real_list(rows=ROWS)
    job = brought(content, pole_staff, name="répertoire 2026.xlsx")

    assert job.state == State.READY
    assert job.rows_total == ROWS
    unknown = {(column, words) for row in job.rows.wrong() for column, words in row.unknown}
    assert unknown == {("form", "Org. comm."), ("form", "À voir")}
    explain_words(job=job, answers=[("form", "Org. comm.", "obnl"), ("form", "À voir", "-")], by=pole_staff)
    advance_import(job.pk)
    job.refresh_from_db()
    first = run(job, pole_staff)

    assert first.state == State.DONE
    assert first.counts["created"] == ROWS == Supplier.objects.count()
    stands = everything()
    undone(first, pole_staff)
    assert first.state == State.UNDONE
    assert not Supplier.objects.exists()
    assert not ListedRow.objects.exists()

    again = brought(content, pole_staff)
    assert again.remembered
    assert not [one for row in again.rows.all() for one in row.unknown]
    run(again, pole_staff)
    assert everything() == stands


FULL = {"courriel": "nouveau@exemple.test", "offres": "service: Réparation", "codes_unspsc": "", "territoires": "Laval",
        "finalites": "", "contact_nom": "Zoé Tremblay", "activite": "Autre activité", "effectif": "4"}  # fmt: skip


def test_what_an_import_changed_is_as_it_was_once_it_is_undone(pole_staff):
    run(brought(listing_text({}, {"neq": "1160000002", "nom": "Gardée"}), pole_staff), pole_staff)
    kept = Supplier.objects.get(organisation__neq="1160000002")
    Supplier.objects.filter(pk=kept.pk).update(curated_at=timezone.now())
    stands = everything()

    changed = brought(listing_text(FULL, {**FULL, "neq": "1160000002", "nom": "Gardée"}), pole_staff)
    row = changed.rows.get(place=1)
    assert (row.outcome, changed.rows.get(place=2).outcome) == ("updated", "held")
    assert ["courriel", "info@ressourcerie.example", "nouveau@exemple.test"] in row.changes
    run(changed, pole_staff)
    assert everything() != stands
    assert Offer.objects.filter(title="Réparation").exists()
    undone(changed, pole_staff)

    assert everything() == stands
    assert Contact.objects.filter(name="Maude Archambault").count() == 2


def test_what_people_touched_since_stays_and_is_named(pole_staff):
    names = [f"Coop {n}" for n in range(5)]
    rows = "".join(f"{name};Shawinigan\n" for name in names)
    job = run(brought("nom;ville\n" + rows, pole_staff), pole_staff)
    named = {
        supplier.organisation.name: supplier for supplier in Supplier.objects.select_related("organisation")
    }
    named["Coop 0"].organisation.phone = "819 555-0100"
    named["Coop 0"].organisation.save()
    factories.MembershipFactory(organisation=named["Coop 1"].organisation)
    named["Coop 2"].organisation.delete()
    later = run(brought("nom;ville\nCoop 3;Shawinigan\nCoop 9;Shawinigan\n", pole_staff), pole_staff)
    assert later.counts["unchanged"] == 1

    undone(job, pole_staff)

    assert dict(job.rows.values_list("name", "left")) == {
        "Coop 0": "changed", "Coop 1": "used", "Coop 2": "gone", "Coop 3": "again", "Coop 4": "",
    }  # fmt: skip
    assert set(Supplier.objects.values_list("organisation__name", flat=True)) == {
        "Coop 0",
        "Coop 1",
        "Coop 3",
        "Coop 9",
    }
    with pytest.raises(WrongMove):
        run_import(job=job, revision=job.revision, by=pole_staff)


def test_what_the_night_made_of_a_listing_does_not_keep_it(pole_staff):
    job = run(brought(listing_text({}, {"neq": "1160000002", "nom": "Confirmée"}), pole_staff), pole_staff)
    tender = factories.TenderFactory()
    for supplier in Supplier.objects.select_related("organisation"):
        name = supplier.organisation.name
        SellerName.objects.create(name=name, key=fold_text(name), organisation=supplier.organisation)
        Experience.objects.create(supplier=supplier, tender=tender, won=True)
        Track.objects.create(supplier=supplier, notices=1, words=1, wins=1)
    SellerName.objects.filter(name="Confirmée").update(status="confirmed", decided_at=timezone.now())
    undone(job, pole_staff)
    assert list(job.rows.values_list("left", flat=True)) == ["", "used"]
    assert Supplier.objects.get().organisation.name == "Confirmée"


def test_an_undoing_that_failed_midway_goes_on_and_blames_nobody(pole_staff, monkeypatch):
    rows = [{"neq": f"116000000{n}", "nom": f"Coop {n}"} for n in range(1, 5)]
    first = run(brought(listing_text(*rows), pole_staff), pole_staff)
    job = run(brought(listing_text(*({**row, "effectif": "12"} for row in rows)), pole_staff), pole_staff)
    monkeypatch.setattr(running, "BATCH", 2)
    for one in (job, first):  # what was changed, then what was made
        undo_import(job=one, by=pole_staff)
        running.take_back_next_rows(job=running._claim(one.pk), by=None)
        SupplierImport.objects.filter(pk=one.pk).update(state=State.FAILED, leased_until=None)
        undone(one, pole_staff)
        assert set(one.rows.values_list("left", "is_undone")) == {("", True)}
    assert not Supplier.objects.exists()


def test_a_header_with_a_title_twice_or_a_stray_byte_is_read_and_remembered(pole_staff):
    text = "nom;nom;ville\nCoop A;ancien nom;Shawinigan\n"
    assert run(brought(text, pole_staff), pole_staff).counts["created"] == 1
    again = deposit_import(
        upload=upload(text + "Coop B;;Laval\n"), pole=factories.pole("mauricie"), by=pole_staff
    )
    assert again.columns == {"name": 0, "town": 2}
    stray = brought("n\0om;ville\nCoop C;Shawinigan\n", pole_staff)
    assert (stray.state, [row.name for row in stray.rows.all()]) == (State.READY, ["Coop C"])


def test_a_file_that_is_read_again_does_not_bring_an_erased_person_back(pole_staff, platform_admin):
    marks = PersonMarks(name="Zoé O’Ficelle", email="zoe.oficelle@exemple.test")
    said = {"contact_nom": "Zoé O’Ficelle", "contact_courriel": marks.email, "courriel": marks.email}
    job = brought(listing_text(said), pole_staff)
    traces = [trace.key for trace in find_person_traces(marks=marks, user=platform_admin)]
    erase_person(marks=marks, keys=traces, channel="email", by=platform_admin)
    choose_columns(job=job, columns=job.columns, by=pole_staff)
    advance_import(job.pk)
    row = job.rows.get()
    assert row.outcome == "created"
    kept = json.dumps([row.cells, row.changes, SupplierImport.objects.get().sample], ensure_ascii=False)
    sent, _is_workbook = annotated_file(SupplierImport.objects.get())
    for text in (kept, sent.decode()):
        assert "oficelle" not in text
        assert "Ficelle" not in text


def test_staff_write_their_own_territory_and_see_their_own_imports(pole_staff, platform_admin):
    theirs = factories.SupplierFactory(organisation__neq="1160000009", status=Status.DRAFT, source="file")
    theirs.organisation.mrc, theirs.organisation.name = Mrc.objects.get(name="Laval"), "Secret de Laval"
    theirs.organisation.save()
    content = "neq;nom;forme;ville\n1160000001;Ici;OBNL;Shawinigan\n1160000002;Là-bas;OBNL;Laval\n"
    content += "1160000009;Prise;OBNL;Shawinigan\n;Sans lieu;OBNL;\n"
    job = brought(content, pole_staff)

    assert [row.outcome for row in job.rows.all()] == ["created", "elsewhere", "elsewhere", "created"]
    assert job.rows.get(place=3).supplier is None
    run(job, pole_staff)
    assert job.counts["elsewhere"] == 2
    theirs.organisation.refresh_from_db()
    assert theirs.organisation.name == "Secret de Laval"
    assert not Supplier.objects.filter(organisation__neq="1160000002").exists()
    assert Supplier.objects.get(organisation__name="Sans lieu").organisation.pole_id == "mauricie"
    foreign = factories.PolePostFactory(pole=factories.pole("laval")).user
    assert not SupplierImport.objects.visible_to(foreign).exists()
    with pytest.raises(WrongMove):
        undo_import(job=job, by=foreign)
    with pytest.raises(Refused):
        deposit_import(upload=upload(content), pole=factories.pole("mauricie"), by=foreign)
    assert SupplierImport.objects.visible_to(platform_admin).count() == 1


def test_a_worker_that_dies_leaves_nothing_half_written_and_the_next_one_goes_on(pole_staff, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 3)
    rows = "".join(f"{1160000001 + n};Coop {n};OBNL;Shawinigan\n" for n in range(8))
    job = brought("neq;nom;forme;ville\n" + rows, pole_staff)
    run_import(job=job, revision=job.revision, by=pole_staff)
    write, calls = running.write_next_rows, []

    def dies(**said):
        calls.append(1)
        written = write(**said)
        if len(calls) == 2:
            raise SystemExit  # within the transaction of the step
        return written

    monkeypatch.setattr(running, "write_next_rows", verb_again(dies))
    with pytest.raises(SystemExit):
        advance_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.position, Supplier.objects.count()) == (State.RUNNING, 3, 3)
    assert not advance_import(job.pk)  # its lease runs
    SupplierImport.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert advance_import(job.pk)
    job.refresh_from_db()
    assert (job.state, Supplier.objects.count()) == (State.DONE, 8)


def verb_again(function):
    def act(*, job, by):
        with transaction.atomic():
            return function(job=job, by=by)

    return act


def test_clicks_that_come_twice_or_late_do_nothing_more(pole_staff):
    content = "nom;ville;forme\nCoop A;Shawinigan;bidule\nCoop B;Shawinigan;OBNL\n"
    job = brought(content, pole_staff)
    assert deposit_import(upload=upload(content), pole=factories.pole("mauricie"), by=pole_staff) == job
    seen, wrong = job.revision, job.rows.get(outcome="rejected")

    done = correct_rows(job=job, cells={wrong.pk: {"form": "OBNL"}}, seen=seen, by=pole_staff)
    assert (done.taken, done.late) == (1, [])
    again = correct_rows(job=job, cells={wrong.pk: {"form": "coop"}}, seen=seen, by=pole_staff)
    assert again.late == [2]
    with pytest.raises(WrongMove):  # the preview that this page shows is not the one that stands
        run_import(job=job, revision=seen, by=pole_staff)
    job.refresh_from_db()
    assert job.counts["created"] == 2
    # The same enterprise twice, since a cell was put right.
    second = job.rows.get(name="Coop B")
    correct_rows(job=job, cells={second.pk: {"name": "Coop A"}}, seen=job.revision, by=pole_staff)
    second.refresh_from_db()
    assert second.outcome == "unchanged"

    job.refresh_from_db()
    run(job, pole_staff)
    assert run_import(job=job, revision=0, by=pole_staff).state == State.DONE
    assert advance_import(job.pk) is False
    assert Supplier.objects.count() == 1


def test_someone_elses_edit_between_preview_and_run_is_not_written_over(pole_staff):
    run(brought(listing_text({}), pole_staff), pole_staff)
    job = brought(listing_text({"telephone": "819 555-0199"}), pole_staff)
    assert job.rows.get().outcome == "updated"
    supplier = Supplier.objects.get()
    update_supplier(supplier=supplier, by=pole_staff, changes={"phone": "819 555-0111"})

    run(job, pole_staff)

    assert job.rows.get().outcome == "held"
    assert Supplier.objects.get().organisation.phone == "819 555-0111"
