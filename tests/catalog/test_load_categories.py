"""The shop's own tree and schemas."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Brand, Category, CategoryAttribute, Synonym
from catalog.services.load_categories import DATA, load_categories

pytestmark = pytest.mark.django_db


def test_the_shipped_tree_loads_and_a_second_time_changes_nothing() -> None:
    loaded = load_categories()
    assert loaded.categories > 60
    assert Category.objects.get(code="A02021003").top_code == "A02000000"
    assert Category.objects.get(code="A").top_code == ""
    assert CategoryAttribute.objects.filter(is_key=True).exists()
    again = load_categories()
    assert (again.categories, again.attributes, again.brands) == (0, 0, 0)


def test_every_leaf_has_a_schema() -> None:
    load_categories()
    leaves = Category.objects.filter(children__isnull=True)
    assert leaves.count() >= 60
    assert not leaves.filter(attributes__isnull=True).exists()


def folder(tmp_path: Path, categories: str, schemas: object = None) -> Path:
    (tmp_path / "categories.csv").write_text(categories, encoding="utf-8")
    (tmp_path / "attribute_schemas.json").write_text(json.dumps(schemas or {}), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("categories", "schemas"),
    [
        ("code,name,parent\nA,货物,\n", None),
        ("code,name,parent,unit\nA,货物,,\nA,货物,,\n", None),
        ("code,name,parent,unit\nA1,设备,A,\n", None),
        ("code,name,parent,unit\nA,,,\n", None),
        ("code,name,parent,unit\nA,货物,,\n", {"B": []}),
        ("code,name,parent,unit\nA,货物,,\n", {"A": [{"key": "x"}]}),
        (
            "code,name,parent,unit\nA,货物,,\n",
            {"A": [{"key": "x", "label": {"zh": "一", "en": "a"}, "type": "odd"}]},
        ),
        ("code,name,parent,unit\nA,货物,,\n", ["no object"]),
    ],
)
def test_a_broken_file_is_named_and_nothing_is_written(
    tmp_path: Path, categories: str, schemas: object
) -> None:
    with pytest.raises(CommandError):
        call_command("load_categories", str(folder(tmp_path, categories, schemas)))
    assert not Category.objects.exists()
    assert not Brand.objects.exists()


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"categories\.csv"):
        call_command("load_categories", str(tmp_path / "nowhere"))


def test_every_category_stands_so_in_the_official_list_of_2022() -> None:
    """政府采购品目分类目录 (财库〔2022〕31号); the list of the test was read from the published document."""

    def read(path: Path) -> dict[str, tuple[str, str]]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {row["code"]: (row["name"], row["parent"]) for row in csv.DictReader(file)}

    official = read(Path(__file__).parent / "data" / "procurement-categories-2022.csv")
    assert len(official) > 4_000
    ours = read(DATA / "categories.csv")
    assert {code: named for code, named in ours.items() if official.get(code) != named} == {}


def test_synonyms_come_once_and_what_the_staff_mended_stays(tmp_path: Path) -> None:
    path = folder(tmp_path, "code,name,parent,unit\nA,货物,,\n")
    (path / "synonyms.csv").write_text("words\n电脑;计算机;微机\n椅;椅子\n", encoding="utf-8")
    assert load_categories(folder=path).synonyms == 2
    Synonym.objects.filter(words__contains=["微机"]).update(words=["电脑", "计算机"])
    assert load_categories(folder=path).synonyms == 0
    assert sorted(group.words for group in Synonym.objects.all()) == [["椅", "椅子"], ["电脑", "计算机"]]
    (path / "synonyms.csv").write_text("words\n电脑\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"synonyms\.csv, line 2"):
        call_command("load_categories", str(path))


def test_codes_have_the_official_form_and_none_comes_twice() -> None:
    with (DATA / "categories.csv").open(encoding="utf-8") as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    assert len(codes) == len(set(codes))
    assert all(len(code) in (1, 9) for code in codes)
