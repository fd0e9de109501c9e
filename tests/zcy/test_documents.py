"""Documents and their verification codes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.accounts import an_organisation
from zcy.documents import find_document, in_groups, is_genuine, issue_document

pytestmark = pytest.mark.django_db


def issue(**changes):
    values: dict[str, Any] = {
        "kind": "order-contract",
        "number": "ZJ20260000000001",
        "content": {"total": "100.00", "buyer": "学校"},
        "summary": {"total": "100.00"},
        "subject": changes.pop("subject", None) or an_organisation(),
    }
    return issue_document(**values | changes)


def test_a_document_is_found_by_its_code_however_it_is_typed():
    document = issue()
    typed = in_groups(document.code).lower().replace("0", "o").replace("1", "l")
    assert find_document(f" {typed} ") == document
    assert is_genuine(document)


def test_the_same_content_is_the_same_document_and_other_content_another():
    subject = an_organisation()
    document = issue(subject=subject)
    assert issue(subject=subject) == document
    assert issue(subject=subject, content={"total": "101.00"}) != document


@pytest.mark.parametrize("code", ["", "x", "0000-0000-0000-0000", "'; drop table", "U" * 16, "\x00" * 16])
def test_a_code_that_was_never_given_finds_nothing(code: str):
    assert find_document(code) is None
