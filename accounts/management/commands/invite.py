"""`manage.py invite ORGANISATION ROLE NAME`: the first administrator of an organisation that has none."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.management.invitations import add_host, line
from accounts.models import Organisation
from accounts.roles import ROLES_OF_KIND
from accounts.services.invite_person import invite_from_outside
from zcy.errors import DomainError


class Command(BaseCommand):
    help = "Invite somebody to an organisation that has nobody yet who could, and print the link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "organisation",
            metavar="ORGANISATION",
            help="its unified social credit code, or its id at the source",
        )
        parser.add_argument("role", metavar="ROLE", help="such as manager, supplier_admin, supervision_lead")
        parser.add_argument("name", metavar="NAME", help="the person's full name")
        add_host(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = self._organisation(options["organisation"].strip())
        name = options["name"].strip()
        if not 0 < len(name) <= 150:
            raise CommandError(_("The name has 1 to 150 characters."))
        try:
            invited = invite_from_outside(organisation=organisation, name=name, role=options["role"])
        except DomainError as refusal:
            roles = ", ".join(ROLES_OF_KIND.get(organisation.kind, ()))
            raise CommandError(f"{refusal} ({organisation}: {roles or '–'})") from refusal
        self.stdout.write(line(invited, options["host"]))

    def _organisation(self, text: str) -> Organisation:
        for field in ("uscc", "external_id"):
            found = list(Organisation.objects.filter(**{field: text}).order_by("pk")[:6]) if text else []
            if len(found) == 1:
                return found[0]
            if found:
                names = ", ".join(
                    f"{one} ({one.get_kind_display()}, {one.external_id or one.pk})" for one in found
                )
                raise CommandError(
                    _("Several organisations have %(text)s: %(names)s.") % {"text": text, "names": names}
                )
        raise CommandError(_("There is no organisation %(text)s.") % {"text": text})
