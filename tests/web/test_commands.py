"""Wrong use of a fixed command: a sentence in French, what to type, exit code 2, and nothing on standard output."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, load_command_class
from django.core.management.base import CommandParser

from marketplace.web.commands import ToldParser, usage_sentence

FIXED = {
    "import_suppliers": "suppliers",
    "import_tenders": "buyers",
    "import_territories": "marketplace.territories",
    "evaluate_matching": "marketplace.matching",
    "seed_demo": "marketplace.demo",
}


@pytest.mark.parametrize(("name", "app"), FIXED.items())
def test_every_fixed_command_tells_its_wrong_use(name, app, capsys):
    parser = load_command_class(app, name).create_parser("manage.py", name)
    parser.called_from_command_line = True

    with pytest.raises(SystemExit) as leaving:
        parser.parse_args(["a", "b", "--nimporte"])

    out, err = capsys.readouterr()
    assert (leaving.value.code, out) == (2, "")
    assert "--nimporte" in err
    assert f"{name} --help" in err
    assert not any(word in err for word in ("usage", "error", "unrecognized", "required", "choose"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Il manque"),
        (["f", "--choice", "x"], "Choisissez parmi\u00a0: a, b"),
        (["f", "--number", "x"], "n’est pas un nombre"),
        (["f", "--number"], "attend une valeur"),
        (["f", "--flag=3"], "ne prend pas de valeur"),
        (["f", "--numb", "3", "g"], "ne connaît pas"),
        (["f", "--ch", "a"], "en entier"),
        (["f", "--flag", "--other"], "ne vont pas ensemble"),
    ],
)
def test_each_kind_of_complaint_has_its_sentence(arguments, words):
    parser = CommandParser(prog="manage.py essai")
    parser.__class__ = ToldParser
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--choice", choices=["a", "b"])
    parser.add_argument("--change")
    parser.add_argument("--number", type=int)
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--flag", action="store_true")
    either.add_argument("--other", action="store_true")

    with pytest.raises(CommandError, match=words) as error:
        parser.parse_args(arguments)

    assert error.value.returncode == 2


def test_a_complaint_that_is_not_known_is_handed_on():
    assert usage_sentence("something new") == "something new"


def test_from_a_shell_the_code_is_2_and_standard_output_is_empty():
    done = subprocess.run(
        [sys.executable, "manage.py", "import_tenders", "--json"],
        cwd=settings.BASE_DIR, env=os.environ | {"DJANGO_SETTINGS_MODULE": "marketplace.settings"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("utilisation\u00a0: ")
    assert "Il manque\u00a0: FILE_OR_URL" in done.stderr


def test_help_is_in_french():
    parser = load_command_class("buyers", "import_tenders").create_parser("manage.py", "import_tenders")

    assert parser.format_help().startswith("utilisation\u00a0: ")


def test_called_from_code_it_raises_with_the_same_sentence():
    with pytest.raises(CommandError, match="Il manque") as error:
        call_command("import_suppliers")
    assert error.value.returncode == 2
