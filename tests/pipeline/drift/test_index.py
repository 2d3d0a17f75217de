"""The index of a column, against SciPy's entropies, and against distributions that are known."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy  # type: ignore[import-untyped]

from pipeline.drift.index import (
    FEWEST,
    SMOOTHING,
    binned,
    changes,
    psi,
    tenths,
)
from pipeline.drift.shown import as_svg, as_text
from pipeline.drift.sketches import GAMMA, added, as_json, number_of, numbers, read_baseline
from pipeline.errors import PipelineError
from serving.sketches import ACCURACY, LOG_GAMMA, Sketch

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 1000), min_size=1)


def sketch_of(values: list[float]) -> dict[str, object]:
    """What the log has of numbers."""
    sketch = Sketch()
    for value in values:
        sketch.number(value)
    return {"requests": {"x": sketch.counts()}}


def drawn(seed: int, count: int, mean: float = 0.0) -> list[float]:
    """Normal numbers, some of them negative."""
    found: list[float] = np.random.default_rng(seed).normal(mean, 1, count).tolist()
    return found


@given(COUNTS, COUNTS)
def test_it_is_the_sum_of_both_divergences(one: dict[str, int], other: dict[str, int]) -> None:
    bins = sorted({*one, *other})
    p, q = ([counts.get(name, 0) + SMOOTHING for name in bins] for counts in (one, other))
    assert psi(one, other) == pytest.approx(entropy(p, q) + entropy(q, p), abs=1e-9)


def test_the_buckets_are_those_that_the_function_counts_in() -> None:
    assert np.log(GAMMA) == pytest.approx(LOG_GAMMA)
    values = [-1e6, -41.0, -0.5, 0.0, 1e-9, 0.5, 1.0, 41.0, 1e6]
    keys = [key for key, _ in numbers(added([sketch_of(values)])["request x"])]
    told = [number_of(key) for key in keys]
    assert told == pytest.approx(values, rel=ACCURACY + 1e-9)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1), st.lists(st.floats(-1e9, 1e9), min_size=1))
def test_the_sketches_of_parts_add_up_to_that_of_the_whole(
    some: list[float], others: list[float]
) -> None:
    whole = added([sketch_of(some + others)])
    assert added([sketch_of(some), sketch_of(others)]) == whole
    assert added([as_json(whole)]) == whole


def test_each_bin_has_a_tenth_of_the_reference() -> None:
    counts = added([sketch_of(drawn(0, 20_000))])["request x"]
    found = binned(counts, tenths(counts))
    assert len(found) == 10
    # A bucket is 10 % wide, so that a tenth is met within its share.
    assert all(1000 < count < 3000 for count in found.values())


@pytest.mark.parametrize("seed", range(5))
def test_a_column_that_did_not_change_is_little_and_one_that_moved_is_much(seed: int) -> None:
    reference = added([sketch_of(drawn(seed, 5000))])
    (same,) = changes(reference, added([sketch_of(drawn(100 + seed, 400))]))
    assert same.reading == "little"
    (moved,) = changes(reference, added([sketch_of(drawn(100 + seed, 400, mean=1.0))]))
    # Of two normal distributions of the same variance it is the squared distance of their means.
    assert moved.reading == "much" and moved.psi == pytest.approx(1.0, abs=0.35)
    (few,) = changes(reference, added([sketch_of(drawn(seed, FEWEST - 1, mean=1.0))]))
    assert few.reading == "too few"


def test_categories_and_missing_values_are_bins_and_the_most_changed_is_said() -> None:
    before = added([{"requests": {"city": {"categories": {"Rome": 900, "Oslo": 100}}}}])
    now = added([{"requests": {"city": {"categories": {"Rome": 300}, "missing": 100}}}])
    (found,) = changes(before, now)
    assert found.reading == "much" and found.said == "missing 0%, now 25%"
    lines = as_text([found], 80, blocks=False)
    assert lines[1].split()[:4] == ["request", "city", f"{found.psi:.2f}", "#" * 20]
    assert "request city" in as_svg([found], "a title")


def test_what_is_no_sketch_is_refused() -> None:
    wrong: list[dict[str, Any]] = [{"requests": []}, {"requests": {"x": {"buckets": {"a": 1}}}}]
    for one in wrong:
        with pytest.raises(PipelineError, match="not a sketch"):
            added([one])


def test_a_counter_of_nothing_has_no_columns() -> None:
    assert added([]) == {} and changes({}, {"request x": Counter({None: 1})}) == []


@pytest.mark.parametrize("text", ["", "[]", '{"requests": 1}'])
def test_a_broken_baseline_is_named_with_what_makes_it_again(text: str, tmp_path: Path) -> None:
    file = tmp_path / "drift.json"
    file.write_text(text)
    with pytest.raises(PipelineError, match=r"drift\.json cannot be read .* pipeline baseline"):
        read_baseline(file)
