"""`manage messages`: gather every translatable string into locale/, and say what English still lacks."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from marketplace.web import catalogues


class Command(BaseCommand):
    help = "Refresh the message catalogues; French fills itself, English shows what is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        for language, _name in settings.LANGUAGES:
            catalog = catalogues.refreshed(language)
            catalogues.save(catalog, language)
            missing = catalogues.untranslated(catalog)
            self.stdout.write(f"{language}: {len(catalog)} messages, {len(missing)} untranslated")
            for text in missing[:20]:
                self.stdout.write(f"  - {text[:100]}")
