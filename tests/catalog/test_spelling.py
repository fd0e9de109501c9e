"""What counts as one slip: a letter wrong, missing, too many, or two exchanged – and nothing more."""

from __future__ import annotations

import random

import pytest

from catalog.spelling import is_slip, pieces


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("dayinjo", "dayinji"), ("dayiji", "dayinji"), ("dayinnji", "dayinji"), ("dayniji", "dayinji"), ("打卬机", "打印机"),
     ("打机", "打印机"), ("打打印机", "打印机"), ("印打机", "打印机"), ("", "a"), ("ab", "ba")],
)  # fmt: skip
def test_one_slip(typed: str, meant: str) -> None:
    assert is_slip(typed, meant)
    assert is_slip(meant, typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("dayinji", "dayinji"), ("dayi", "dayinji"), ("dbyinjo", "dayinji"), ("abc", "cba"), ("abcd", "badc"), ("", "ab"),
     ("a", "bcd")],
)  # fmt: skip
def test_more_or_less_than_one_slip(typed: str, meant: str) -> None:
    assert not is_slip(typed, meant)
    assert not is_slip(meant, typed)


def test_words_one_slip_apart_share_a_piece() -> None:
    """What the index of pieces rests on."""
    rng = random.Random(5)
    slips = 0
    for _turn in range(20_000):
        one = "".join(rng.choice("abc") for _ in range(rng.randint(1, 6)))
        other = "".join(rng.choice("abc") for _ in range(rng.randint(1, 6)))
        if is_slip(one, other):
            slips += 1
            assert {one, *pieces(one)} & {other, *pieces(other)}, (one, other)
    assert slips > 500
