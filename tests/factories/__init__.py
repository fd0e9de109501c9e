"""Things of the domain for tests, by domain words: who, what is offered, and what is bought of it."""

from tests.factories.goods import *  # noqa: F403
from tests.factories.onboarding import *  # noqa: F403
from tests.factories.organisations import *  # noqa: F403
from tests.factories.serials import *  # noqa: F403
from tests.factories.trade import *  # noqa: F403
