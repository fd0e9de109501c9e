"""What the process keeps of the catalog belongs to one test only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from catalog.attributes import forget_attributes
from catalog.search.lexicon import forget_lexicon
from catalog.tree import forget_tree


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    forget_tree()
    forget_attributes()
    forget_lexicon()
    yield
    forget_tree()
    forget_attributes()
    forget_lexicon()


@pytest.fixture
def english() -> Iterator[None]:
    """What services say is read in English, whatever the translations become."""
    with override("en"):
        yield
