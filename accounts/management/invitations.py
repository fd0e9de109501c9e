"""What the commands that invite people share."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError

from django.urls import reverse

from accounts.roles import Role
from accounts.services.invite_person import Invited


def host(text: str) -> str:
    """A host name, perhaps with a port or a scheme; returns the site's address, for none nothing."""
    address = text.strip().rstrip("/")
    if not address:
        return ""
    if any(character.isspace() for character in address):
        raise ArgumentTypeError(f"{text!r} is no host name such as market.example.org")
    return address if "://" in address else f"https://{address}"


def add_host(parser: ArgumentParser) -> None:
    """The option that says where the links lead."""
    parser.add_argument(
        "--host", type=host, default="", metavar="HOST", help="of the site, so that the links are whole"
    )


def line(invited: Invited, address: str) -> str:
    """One line with who, what and the link."""
    invitation = invited.invitation
    link = address + reverse("invitation", args=[invited.token])
    return f"{Role(invitation.role).label}  {invitation.name}  {link}"
