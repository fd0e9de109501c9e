"""Who works with what of the catalog in the administration: one table, from which pages, lists and the menu are opened.

Who only looks is named here; who changes, adds or decides stands with the page. Roles that are not named do not see a
list at all: onboarding staff and the three separate powers have no work here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from accounts.roles import SUPERVISOR_ROLES, Role

CATALOG_STAFF: Final = frozenset([Role.CATALOG])
# They answer what buyers and suppliers ask.
WITH_SERVICE: Final = CATALOG_STAFF | {Role.SERVICE}
WITH_SUPERVISORS: Final = WITH_SERVICE | SUPERVISOR_ROLES

# Model (or page) → the roles that see it.
SEES: Final[Mapping[str, frozenset[Role]]] = {
    "listing": WITH_SERVICE,
    "reviewdecision": WITH_SERVICE,
    "good": WITH_SERVICE,
    "brand": WITH_SERVICE,
    "category": WITH_SERVICE,
    "goodproposal": WITH_SERVICE,
    "catalogrequest": WITH_SERVICE,
    "storeversion": WITH_SERVICE,
    "referenceprice": WITH_SERVICE,
    "referencecontest": WITH_SERVICE,
    "goodorigin": WITH_SERVICE,
    "origincounty": WITH_SERVICE,
    "demands": WITH_SERVICE,
    "explanation": WITH_SERVICE,
    # Regions choose, order and name their halls.
    "hall": WITH_SUPERVISORS,
    "hallregion": WITH_SUPERVISORS,
    # How the catalog is kept.
    "referencefetch": CATALOG_STAFF,
    "goodpair": CATALOG_STAFF,
    "goodmerge": CATALOG_STAFF,
    "goodfault": CATALOG_STAFF,
    "schemachange": CATALOG_STAFF,
    "synonym": CATALOG_STAFF,
    "checkedword": CATALOG_STAFF,
    "markedverdict": CATALOG_STAFF,
}
