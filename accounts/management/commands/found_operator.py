"""`manage.py found_operator NAME --uscc CODE`: the organisation that runs the marketplace, and its first three people."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.forms import clean_uscc
from accounts.management.invitations import add_host, line
from accounts.models import Membership, Organisation, Region
from accounts.roles import SEPARATE_POWERS, OrganisationKind
from accounts.services.invite_person import VALID_FOR, invite_from_outside
from zcy import audit


class Command(BaseCommand):
    help = "Found the operator: make its organisation and print the invitations of the three separate powers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME", help="of the operator's organisation")
        parser.add_argument("--uscc", required=True, metavar="CODE", help="its unified social credit code")
        parser.add_argument(
            "--people",
            nargs=3,
            default=[str(role.label) for role in SEPARATE_POWERS],
            metavar=("SYSTEM", "SECURITY", "AUDIT"),
            help="full names of the three administrators",
        )
        add_host(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        if not 0 < len(name) <= 200:
            raise CommandError(_("The name has 1 to 200 characters."))
        try:
            code = clean_uscc(options["uscc"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if not code:
            raise CommandError(_("The operator needs its unified social credit code."))
        region = Region.objects.filter(parent=None).order_by("code").first()
        if region is None:
            raise CommandError(_("There are no regions: run manage.py migrate first."))
        with transaction.atomic():
            operator = self._operator(name, code, region)
            held = set(Membership.objects.filter(organisation=operator).values_list("role", flat=True))
            wanted = [role for role in SEPARATE_POWERS if role not in held]
            if not wanted:
                raise CommandError(
                    _("%(name)s has its three administrators: the security administrator invites others.")
                    % {"name": operator}
                )
            names = dict(zip(SEPARATE_POWERS, options["people"], strict=True))
            invited = [
                invite_from_outside(organisation=operator, name=names[role].strip()[:150], role=role)
                for role in wanted
            ]
        self.stdout.write(
            _("Each link is for one person, within %(days)d days, and is shown only now:")
            % {"days": VALID_FOR.days}
        )
        for invitation in invited:
            self.stdout.write(line(invitation, options["host"]))

    def _operator(self, name: str, code: str, region: Region) -> Organisation:
        known = Organisation.objects.filter(kind=OrganisationKind.OPERATOR).order_by("pk").first()
        if known is not None:
            if known.uscc != code:
                raise CommandError(
                    _("The operator is %(name)s already, with another code.") % {"name": known}
                )
            return known
        made = Organisation.objects.create(
            kind=OrganisationKind.OPERATOR, name=name, uscc=code, region=region
        )
        audit.record(actor=None, action="operator.founded", subject=made, data={"name": name})
        return made
