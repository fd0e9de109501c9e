"""The glossary has every thing that the platform keeps, in the words that pages show."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import translation

# Carried sums and bookmarks of a computation: nobody sees them.
INTERNAL = {
    "carried credit sum",
    "state of the credit computation",
    "progress of the credit computation",
    "progress of the price statistics",
}
OURS = ("zcy", "accounts", "catalog", "orders", "supervision", "credit", "exchange")
TEXT = (settings.BASE_DIR / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    (zh.strip(), en.strip())
    for zh, en in re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", TEXT, re.MULTILINE)
]


@pytest.mark.parametrize(
    "label",
    sorted(model._meta.label for model in apps.get_models() if model._meta.app_label in OURS),
)
def test_every_kind_of_row_is_explained_by_the_words_of_the_pages(label: str) -> None:
    model = apps.get_model(label)
    with translation.override("en"):
        english = str(model._meta.verbose_name).lower()
    with translation.override("zh-hans"):
        chinese = str(model._meta.verbose_name)
    found = [zh for zh, en in ROWS if en.lower() in {english, f"{english}s"}]
    if english in INTERNAL:
        return
    assert found, f"docs/glossary.md does not explain “{english}”"
    # One may be longer than the other: 说明 is a 情况说明.
    assert any(zh in chinese or chinese in zh for zh in found) or chinese.isascii(), (chinese, found)


def test_no_word_is_explained_twice() -> None:
    words = [en.lower() for _zh, en in ROWS]
    assert sorted(word for word in set(words) if words.count(word) > 1 and word != "english") == []
