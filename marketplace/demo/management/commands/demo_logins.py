"""`manage demo_logins`: one login per role, as `dev.py demo` prints them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from marketplace.demo.seeding.people import LOGINS, PASSWORD


class Command(BaseCommand):
    help = "One login per role of the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Les comptes de démonstration n’existent que dans la démonstration.")
        width = max(len(login.role) for login in LOGINS)
        for login in LOGINS:
            self.stdout.write(f"  {login.role:<{width}}   {login.email:<26} {PASSWORD}")
