"""Documents that anyone can check: what a document said is kept with its hash under a code that is printed on it."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Model

from zcy import clock
from zcy.models import Document, Withdrawal

# Why a document is no longer in force.
CANCELLED: Final = "cancelled"

# Crockford's alphabet: no letter that a person could take for a digit.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 16
READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def sm3_of(content: Mapping[str, Any]) -> str:
    """The SM3 of the content in one canonical spelling."""
    text = json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder
    )
    return hashlib.new("sm3", text.encode()).hexdigest()


def issue_document(
    *,
    kind: str,
    number: str,
    content: Mapping[str, Any],
    summary: Mapping[str, Any],
    subject: Model,
    issued_at: datetime | None = None,
    template_version: int = 1,
) -> Document:
    """Keep what a document says and give it a verification code; the same content again gives the same document.

    Args:
        kind: such as `order-contract`.
        number: the public number printed on it.
        content: everything the form needs, as JSON knows it.
        summary: the few lines that the public page shows.
        subject: the row that it documents.
        issued_at: now, where nothing else is said.
        template_version: the version of the form that prints it.
    """
    spelled = json.loads(json.dumps(dict(content), cls=DjangoJSONEncoder))
    identity = {
        "subject_type": subject._meta.label_lower,
        "subject_id": subject.pk,
        "kind": kind,
        "sm3": sm3_of(spelled),
    }
    known = Document.objects.filter(**identity).first()
    if known:
        return known
    try:
        with transaction.atomic():
            return Document.objects.create(
                **identity,
                code="".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)),
                number=number,
                issued_at=issued_at or clock.now(),
                template_version=template_version,
                content=spelled,
                summary=json.loads(json.dumps(dict(summary), cls=DjangoJSONEncoder)),
            )
    except IntegrityError:
        return Document.objects.get(**identity)  # issued by somebody else at the same moment


def withdraw_documents(subject: Model, *, reason: str) -> None:
    """Say that what documents this row is no longer in force; what is withdrawn already stays so.

    Args:
        subject: the row that the documents are about.
        reason: a word such as `cancelled`, which the public page explains.
    """
    issued = Document.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
    Withdrawal.objects.bulk_create(
        [Withdrawal(document=document, reason=reason) for document in issued], ignore_conflicts=True
    )


def find_document(code: str) -> Document | None:
    """The document of a code as a person typed it: small letters, blanks, hyphens and O for 0 do not matter."""
    spelled = code.strip().upper().translate(READ_AS)
    if len(spelled) != CODE_LENGTH or not set(spelled) <= set(ALPHABET):
        return None
    return Document.objects.select_related("withdrawal").filter(code=spelled).first()


def is_genuine(document: Document) -> bool:
    """Whether the kept content still has the hash it was issued with."""
    return sm3_of(document.content) == document.sm3


def in_groups(code: str) -> str:
    """The code in groups of four, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
