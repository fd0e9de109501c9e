"""The roles of product.md, and which kind of organisation each belongs to."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    BUYER = "buyer", _("buyer")
    SUPPLIER = "supplier", _("supplier")
    SUPERVISOR = "supervisor", _("finance bureau")
    OPERATOR = "operator", _("operator")


class Role(models.TextChoices):
    PURCHASER = "purchaser", _("purchaser")
    APPROVER = "approver", _("approver")
    ACCEPTOR = "acceptor", _("acceptor")
    FINANCE = "finance", _("buyer finance")
    MANAGER = "manager", _("unit administrator")
    SUPPLIER_ADMIN = "supplier_admin", _("supplier administrator")
    SUPPLIER_CLERK = "supplier_clerk", _("supplier clerk")
    SUPERVISOR = "supervisor", _("supervisor")
    SUPERVISION_LEAD = "supervision_lead", _("supervision lead")
    CATALOG = "catalog", _("catalog staff")
    ONBOARDING = "onboarding", _("onboarding staff")
    SERVICE = "service", _("service specialist")
    SYSTEM_ADMIN = "system_admin", _("system administrator")
    SECURITY_ADMIN = "security_admin", _("security administrator")
    AUDITOR = "auditor", _("audit administrator")


ROLES_OF_KIND: Final[dict[str, tuple[Role, ...]]] = {
    OrganisationKind.BUYER: (Role.PURCHASER, Role.APPROVER, Role.ACCEPTOR, Role.FINANCE, Role.MANAGER),
    OrganisationKind.SUPPLIER: (Role.SUPPLIER_ADMIN, Role.SUPPLIER_CLERK),
    OrganisationKind.SUPERVISOR: (Role.SUPERVISOR, Role.SUPERVISION_LEAD),
    OrganisationKind.OPERATOR: (
        Role.CATALOG,
        Role.ONBOARDING,
        Role.SERVICE,
        Role.SYSTEM_ADMIN,
        Role.SECURITY_ADMIN,
        Role.AUDITOR,
    ),
}

BUYER_ROLES: Final = frozenset(ROLES_OF_KIND[OrganisationKind.BUYER])
SUPPLIER_ROLES: Final = frozenset(ROLES_OF_KIND[OrganisationKind.SUPPLIER])
SUPERVISOR_ROLES: Final = frozenset(ROLES_OF_KIND[OrganisationKind.SUPERVISOR])
OPERATOR_ROLES: Final = frozenset(ROLES_OF_KIND[OrganisationKind.OPERATOR])
ADMIN_ROLES: Final = SUPERVISOR_ROLES | OPERATOR_ROLES
# 三员分立: no account holds two of them.
SEPARATE_POWERS: Final = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
# People who can do lasting harm to others need a second factor.
SECOND_FACTOR_ROLES: Final = ADMIN_ROLES
