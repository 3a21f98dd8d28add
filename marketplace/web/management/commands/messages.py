"""`manage messages`: gather every translatable string into locale/, and say what is still untranslated.

A language without a catalogue yet begins by its name: `manage messages en`. Until then the site does not offer it.
"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.web import catalogues


class Command(BaseCommand):
    help = "Refresh the message catalogues; French fills itself, another language shows what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        known = [language for language, _name in settings.LANGUAGES]
        parser.add_argument("languages", nargs="*", help="those that have a catalogue, unless told")
        parser.set_defaults(known=known)

    def handle(self, *args: Any, **options: Any) -> None:
        begun = [language for language in options["known"] if catalogues.path_of(language).exists()]
        for language in options["languages"] or begun:
            if language not in options["known"]:
                raise CommandError(f"« {language} » n’est pas une langue du site.", returncode=2)
            catalog = catalogues.refreshed(language)
            catalogues.save(catalog, language)
            missing = catalogues.untranslated(catalog)
            self.stdout.write(f"{language}: {len(catalog)} messages, {len(missing)} untranslated")
            for text in missing[:20]:
                self.stdout.write(f"  - {text[:100]}")
