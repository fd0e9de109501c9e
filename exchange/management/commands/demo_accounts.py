"""`manage.py demo_accounts`: people and live work for the demonstration market."""

from __future__ import annotations

from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.roles import Role
from exchange.demonstration.halls import make_halls
from exchange.demonstration.onboarding import make_onboarding
from exchange.demonstration.people import ACCOUNTS, PASSWORD, make_people
from exchange.demonstration.work import make_work
from zcy.errors import DomainError


class Command(BaseCommand):
    help = "Make the demonstration's accounts and the work that waits for them; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError(
                "Demonstration accounts share a known password: they are not made with these settings."
            )
        try:
            call_command("load_categories", verbosity=0, stdout=StringIO())
            people = make_people()
            troubles = make_work(people) + make_halls(people)
            make_onboarding(people)
        except DomainError as error:
            raise CommandError(str(error)) from error
        for trouble in troubles:
            self.stderr.write(trouble)
        self.stdout.write(f"Password of all demonstration accounts: {PASSWORD}")
        for account in ACCOUNTS:
            roles = ", ".join(Role(role).value for role in account.roles)
            self.stdout.write(f"  {account.username:<12}{roles:<28}{people[account.username].organisation}")
