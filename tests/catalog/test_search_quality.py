"""What people type finds what they mean: judged queries of a catalogue in the repository, and invented ones over another."""

from __future__ import annotations

import pytest

from bench.search_quality import (
    HELD_OUT,
    Outcome,
    by_kind,
    held_out,
    held_out_figures,
    invented,
    judged,
    read_held_out,
    read_items,
    read_queries,
)

pytestmark = pytest.mark.django_db


def told(outcomes: list[Outcome]) -> str:
    """The figures, and the queries that were answered worst."""
    worst = sorted(outcomes, key=lambda one: (one.recall, one.reciprocal_rank))[:40]
    lines = [f"{kind}: {figures}" for kind, figures in by_kind(outcomes).items()]
    lines += [
        f"{one.query.kind} {one.query.text!r}: 1/rank {one.reciprocal_rank:.2f}, recall {one.recall:.2f}, {len(one.found)}"
        for one in worst
    ]
    return "\n".join(lines)


def test_the_judged_set_is_large_and_of_all_kinds() -> None:
    queries = read_queries(read_items())
    assert len(queries) >= 300
    kinds = {query.kind for query in queries}
    assert kinds == {"name", "model", "pinyin", "initials", "synonym", "typo", "attribute", "category"}
    assert all(query.relevant for query in queries)
    assert len({query.text for query in queries}) == len(queries)


def test_judged_queries_find_what_was_meant() -> None:
    outcomes = judged()
    figures = by_kind(outcomes)
    assert figures["overall"]["mrr"] >= 0.85, told(outcomes)
    assert figures["overall"]["recall@10"] >= 0.95, told(outcomes)
    for kind in ("typo", "pinyin", "initials"):
        assert min(figures[kind]["mrr"], figures[kind]["recall@10"]) >= 0.80, told(outcomes)


def test_the_held_out_set_is_large_and_of_all_kinds() -> None:
    items = read_items(HELD_OUT / "goods.csv")
    queries = read_held_out(items)
    assert len(queries) >= 400
    assert len({query.text for query in queries}) == len(queries)
    assert len({query.kind for query in queries}) >= 15
    assert all(query.relevant for query in queries if query.kind != "nonsense")


def test_held_out_queries_over_goods_of_other_trades_find_what_was_meant() -> None:
    outcomes = held_out()
    found = held_out_figures(outcomes)
    for part in ("overall", "unseen half"):
        assert found[part]["mrr"] >= 0.85, told(outcomes)
        assert found[part]["recall@10"] >= 0.95, told(outcomes)
    for kind in (
        "typo_latin",
        "typo_chinese",
        "typo_mixed",
        "typo_pinyin",
        "pinyin",
        "initials",
        "mixed",
        "sentence",
    ):
        assert min(found[kind]["mrr"], found[kind]["recall@10"]) >= 0.80, told(outcomes)
    assert found["nonsense"]["empty"] >= 0.90, told(outcomes)


@pytest.mark.parametrize("seed", [7])
def test_invented_queries_over_another_catalogue_find_what_was_meant(seed: int) -> None:
    outcomes = invented(seed, goods=500, queries=200)
    figures = by_kind(outcomes)
    assert figures["overall"]["mrr"] >= 0.80, told(outcomes)
    assert figures["overall"]["recall@10"] >= 0.90, told(outcomes)
