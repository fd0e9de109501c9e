"""Things of the domain for tests, by domain words: people in `accounts`, goods and orders in `trade`."""

from tests.factories.trade import *  # noqa: F403
