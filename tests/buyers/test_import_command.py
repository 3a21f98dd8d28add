"""`manage import_tenders`: its JSON line, its exit codes, several sources, and the real files."""

import json

import pytest
from django.core.management import CommandError, call_command

from buyers.management.commands import import_tenders as command
from buyers.models import Tender
from marketplace.outbox.models import Event, Message
from marketplace.web.fetching import FetchError
from tests.buyers.ocds_files import notice, package

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(capsys):
    """Run the command: (exit code, standard output, standard error)."""

    def running(*arguments: object) -> tuple[int, str, str]:
        code = 0
        try:
            call_command("import_tenders", *map(str, arguments))
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        except CommandError as error:
            code = error.returncode
        out, err = capsys.readouterr()
        return code, out, err

    return running


def test_json_is_one_line_and_all_else_goes_to_stderr(feed, run):
    code, out, err = run(feed.file(package(notice(), None)), "--json")

    assert (code, out.count("\n")) == (3, 1)
    said = json.loads(out)
    assert list(said) == [
        "releases",
        "tenders_created",
        "tenders_updated",
        "unchanged",
        "rejected",
        "warnings",
    ]
    assert (said["releases"], said["tenders_created"]) == (2, 1)
    assert said["rejected"] == [
        {
            "file": "hebdo-1.json",
            "index": 2,
            "ocid": "",
            "id": "",
            "message": "Cette version n’est pas un objet JSON. Demandez au diffuseur du fichier de la corriger.",
            "line": 1,
            "offset": said["rejected"][0]["offset"],
        }
    ]
    assert said["rejected"][0]["offset"] > 100
    assert "1 avis créé" in err


def test_several_files_are_one_report_and_a_bad_one_stops_no_other(feed, run):
    files = [
        feed.file(package(notice(20990001))),
        feed.file(b"pas du json"),
        feed.file(package(notice(20990002))),
    ]

    code, out, _ = run(*files, "--json")

    said = json.loads(out)
    assert (code, said["tenders_created"], len(said["rejected"])) == (3, 2, 1)
    assert said["rejected"][0]["file"] == "hebdo-2.json"


@pytest.mark.parametrize("cut", [-1, -40, -400])
def test_a_truncated_file_keeps_what_is_whole_and_ends_with_3(feed, run, cut):
    content = package(*(notice(20990000 + n) for n in range(5)))

    code, out, _ = run(feed.file(content[:cut]), "--json")

    said = json.loads(out)
    assert code == 3
    assert said["tenders_created"] == Tender.objects.count() >= 4
    assert said["rejected"][-1]["index"] is None
    assert "tronqué" in said["rejected"][-1]["message"]


def test_a_file_of_other_letters_keeps_what_it_can(feed, run):
    content = package(notice(20990001), notice(20990002, tender__title="ECOLE"), notice(20990003))

    code, out, _ = run(feed.file(content.replace(b"ECOLE", "ÉCOLE".encode("latin-1"))), "--json")

    assert (code, json.loads(out)["tenders_created"]) == (3, 2)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"releases": []}', b'{"records": []}', b'{"releases": [null]}']
)
def test_where_nothing_is_done_the_code_is_1(feed, run, content):
    code, out, _ = run(feed.file(content), "--json")

    assert code == 1
    assert json.loads(out)["rejected"]


def test_a_missing_file_is_2_and_nothing_is_read(feed, run, tmp_path):
    code, out, _ = run(feed.file(package(notice())), tmp_path / "absent.json", "--json")

    assert (code, out, Tender.objects.exists()) == (2, "", False)


def test_an_address_is_fetched_and_named_in_the_report(feed, run, monkeypatch):
    from contextlib import contextmanager

    asked = []

    @contextmanager
    def fetched(url):
        asked.append(url)
        if "absent" in url:
            raise FetchError("Le serveur répond 404.")
        yield feed.file(package(notice()))

    monkeypatch.setattr(command, "fetched", fetched)

    code, out, _ = run("https://donnees.example/hebdo.json", "https://donnees.example/absent.json", "--json")

    said = json.loads(out)
    assert asked == ["https://donnees.example/hebdo.json", "https://donnees.example/absent.json"]
    assert (code, said["tenders_created"]) == (3, 1)
    assert said["rejected"][0] == {
        "file": "https://donnees.example/absent.json", "index": None, "ocid": "", "id": "",
        "message": "Le serveur répond 404.", "line": None, "offset": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "url", ["http://donnees.example/a.json", "https://127.0.0.1/a.json", "file:///etc/passwd"]
)
def test_addresses_inside_or_without_tls_are_refused(run, url):
    code, out, _ = run(url, "--json")

    assert code == 1
    assert json.loads(out)["rejected"][0]["file"] == url


@pytest.mark.shared_data
def test_the_real_week_is_read_whole_and_once(shared, run):
    path = shared / "seao" / "hebdo_20260727_20260802.extrait_reel.json"

    code, out, _ = run(path, "--json")
    said = json.loads(out)
    assert (code, said["releases"], said["tenders_created"], said["rejected"]) == (0, 14, 14, [])

    code, out, _ = run(path, "--json")
    said = json.loads(out)
    assert (code, said["tenders_created"], said["tenders_updated"], said["unchanged"]) == (0, 0, 0, 14)


@pytest.mark.shared_data
def test_four_thousand_old_notices_load_and_alert_nobody(shared, run):
    code, out, _ = run(shared / "seao" / "reconstructed_notices_until_2020-03-01.json", "--json")

    said = json.loads(out)
    assert (code, said["releases"], said["tenders_created"], said["rejected"]) == (0, 4050, 4050, [])
    assert not Event.objects.exists()
    assert not Message.objects.exists()
    assert Tender.objects.filter(region=None).count() < 800  # a place that nothing tells stays unknown
