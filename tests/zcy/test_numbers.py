"""Public numbers."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from zcy.numbers import next_number, prefix_of


@pytest.mark.django_db
def test_a_number_names_province_and_year():
    assert re.fullmatch(r"ZJ20\d\d\d{10}", next_number("330106"))
    assert re.fullmatch(r"ZJP20\d\d\d{10}", next_number("ZJ", "P"))
    assert prefix_of("990000") == "CN"


@pytest.mark.django_db(transaction=True)
def test_no_two_get_the_same_number_and_nobody_waits():
    def take(_number: int) -> list[str]:
        try:
            return [next_number("33") for _ in range(20)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        taken = [number for numbers in pool.map(take, range(4)) for number in numbers]
    assert len(set(taken)) == 80
