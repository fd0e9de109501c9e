"""How Chinese is read: characters, and words in which they are read otherwise."""

from __future__ import annotations

import pytest

from catalog.pinyin import syllables, table
from catalog.segmentation import pinyin


@pytest.mark.parametrize(
    ("text", "read"),
    [("打印机", "da yin ji"), ("空调", "kong tiao"), ("调色板", "tiao se ban"), ("银行", "yin hang"),
     ("行李箱", "xing li xiang"),
     ("重庆", "chong qing"), ("重量", "zhong liang"), ("会计", "kuai ji"), ("会议", "hui yi"), ("长城", "chang cheng"),
     ("着色剂", "zhuo se ji"), ("绿茶", "lv cha"), ("A4复印纸", "fu yin zhi"), ("", ""), ("HP", "")],
)  # fmt: skip
def test_words_are_read_as_people_read_them(text: str, read: str) -> None:
    assert syllables(text) == read.split()


def test_full_pinyin_and_initials_of_a_word() -> None:
    assert pinyin("便携式计算机") == ("bianxieshijisuanji", "bxsjsj")


def test_every_character_of_the_national_standard_is_read() -> None:
    """GB 2312: the 6,763 characters of rows 16 to 87."""
    listed = [
        bytes((row, place)).decode("gb2312")
        for row in range(0xB0, 0xF8)
        for place in range(0xA1, 0xFF)
        if not (row == 0xD7 and place > 0xF9)
    ]
    assert len(listed) == 6763
    assert [character for character in listed if character not in table().characters] == []
