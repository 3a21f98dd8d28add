"""Commands whose wrong use is told in the reader's language, with what to type instead; exit code 2."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

SAID = r"'(?P<said>.*?)'"
# What argparse says (Python 3.11 to 3.14), and our sentence for it.
SENTENCES: tuple[tuple[str, Callable[[], str]], ...] = (
    (r"the following arguments are required: (?P<names>.+)", lambda: _("Il manque : %(names)s.")),
    (
        r"one of the arguments (?P<names>.+) is required",
        lambda: _("Il manque l’une de ces options : %(names)s."),
    ),
    (r"unrecognized arguments: (?P<names>.+)", lambda: _("Cette commande ne connaît pas : %(names)s.")),
    (
        rf"argument (?P<name>.+?): invalid choice: {SAID} \(choose from (?P<choices>.+?)\).*",
        lambda: _("%(name)s : « %(said)s » n’est pas un choix. Choisissez parmi : %(choices)s."),
    ),
    (
        rf"argument (?P<name>.+?): invalid (?:int|float|Decimal) value: {SAID}",
        lambda: _("%(name)s : « %(said)s » n’est pas un nombre. Écrivez-le en chiffres, sans espaces."),
    ),
    (
        rf"argument (?P<name>.+?): invalid .+ value: {SAID}",
        lambda: _("%(name)s : « %(said)s » ne convient pas."),
    ),
    (r"argument (?P<name>.+?): expected .*arguments?", lambda: _("%(name)s attend une valeur.")),
    (
        rf"argument (?P<name>.+?): ignored explicit argument {SAID}",
        lambda: _("%(name)s ne prend pas de valeur."),
    ),
    (
        r"argument (?P<name>.+?): not allowed with argument (?P<other>.+)",
        lambda: _("%(name)s et %(other)s ne vont pas ensemble."),
    ),
    (
        r"ambiguous option: (?P<name>\S+) could match (?P<names>.+)",
        lambda: _("%(name)s peut vouloir dire : %(names)s. Écrivez l’option en entier."),
    ),
)


def usage_sentence(message: str) -> str:
    """What argparse complains of, in the reader's language."""
    for pattern, sentence in SENTENCES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            facts = found.groupdict()
            if "choices" in facts:
                facts["choices"] = facts["choices"].replace("'", "")
            return sentence() % facts
    return message


class ToldParser(CommandParser):
    """Django's parser, with our sentences."""

    def error(self, message: str) -> NoReturn:
        sentence = usage_sentence(message)
        if not self.called_from_command_line:
            raise CommandError(sentence, returncode=2)
        self.print_usage(sys.stderr)
        facts = {"sentence": sentence, "command": self.prog}
        sys.stderr.write(_("%(sentence)s Voyez « %(command)s --help ».") % facts + "\n")
        raise SystemExit(2)

    def format_usage(self) -> str:
        return super().format_usage().replace("usage: ", _("utilisation : "), 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage: ", _("utilisation : "), 1)


class ToldCommand(BaseCommand):
    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = ToldParser  # Django names its own class in there and lets nobody choose another
        return parser
