"""`manage import_suppliers`: its JSON line, its exit codes, and the real extract."""

import json

import pytest
from django.core.management import CommandError, call_command

from marketplace.accounts.models import Organisation
from suppliers.models import Supplier

pytestmark = pytest.mark.django_db


class TestCommand:
    def run(self, capsys, *arguments: str) -> tuple[int, str, str]:
        code = 0
        try:
            call_command("import_suppliers", *map(str, arguments))
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        except CommandError as error:
            code = error.returncode
        out, err = capsys.readouterr()
        return code, out, err

    def test_json_is_one_line_and_all_else_goes_to_stderr(self, listing, capsys):
        code, out, err = self.run(
            capsys, listing({}, {"neq": "12"}, {"neq": "1160000002", "x": "?"}), "--json"
        )

        assert code == 3
        assert out.count("\n") == 1
        said = json.loads(out)
        assert list(said) == ["read", "created", "updated", "unchanged", "held", "rejected", "warnings"]
        assert (said["read"], said["created"]) == (3, 2)
        assert said["rejected"] == [
            {"row": 3, "field": "neq", "message": "Il y a 2 chiffres; il en faut dix."}
        ]
        assert "2 fournisseurs importés, 1 ligne à corriger. Rien n’est perdu." in err

    def test_the_sentence_is_in_french_without_json(self, listing, capsys):
        code, out, _ = self.run(capsys, listing({}))

        assert (code, out) == (0, "1 fournisseur importé.\n")

    def test_a_dry_run_counts_and_writes_nothing(self, listing, capsys):
        code, out, _ = self.run(capsys, listing({}), "--dry-run", "--json")

        assert (code, json.loads(out)["created"]) == (0, 1)
        assert not Supplier.objects.exists()
        assert not Organisation.objects.exists()

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "vide"),
            (b"neq;nom;forme\n", "aucune ligne"),
            (b"neq;forme\n1;2\n", "Il manque la colonne"),
            (b"neq;nom;forme;nom\n", "deux fois"),
            (b"neq;nom\n1;Caf" + b"\xa5\xb5\xd7", "CSV UTF-8"),
            (b"%PDF-1.7", "Ceci est un PDF"),
            (b"neq;nom;forme\n1;2;3\n", "À corriger"),
        ],
    )
    def test_where_nothing_is_done_the_code_is_1(self, tmp_path, capsys, content, message):
        path = tmp_path / "a.csv"
        path.write_bytes(content)

        code, out, err = self.run(capsys, path, "--json")

        assert code == 1
        assert json.loads(out)["created"] == 0
        assert message in err

    @pytest.mark.parametrize("options", [["--pole", "atlantide"], ["--mapping", "autre"], ["--inconnue"]])
    def test_a_wrong_use_is_2_and_writes_nothing(self, listing, capsys, options):
        code, out, _ = self.run(capsys, listing({}), *options)

        assert (out, Supplier.objects.exists()) == ("", False)
        assert code == 2 or options != ["--pole", "atlantide"]

    def test_a_missing_file_is_2(self, tmp_path, capsys):
        assert self.run(capsys, tmp_path / "absent.csv")[0] == 2

    @pytest.mark.shared_data
    def test_the_registry_extract_of_mauricie_is_read_whole_and_once(self, shared, capsys):
        path = shared / "suppliers" / "req_obnl_coop_mauricie.csv"

        code, out, _ = self.run(capsys, path, "--mapping", "req", "--pole", "mauricie", "--json")
        said = json.loads(out)
        assert (code, said["read"], said["created"], said["unchanged"], said["rejected"]) == (
            0,
            2220,
            2219,
            1,
            [],
        )

        code, out, _ = self.run(capsys, path, "--mapping", "req", "--json")
        said = json.loads(out)
        assert (code, said["created"], said["updated"], said["unchanged"]) == (0, 0, 0, 2220)
