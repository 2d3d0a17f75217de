import struct
from math import inf, nan
from pathlib import Path

import pytest

from engines.torch.build import answers
from engines.torch.build.answers import Answers, DifferenceError, Output, Sample, compare

PERCENT = Output("percent", "float32", rtol=1e-3, atol=1e-4)
WANTED = [30.0, 0.0, -2.0]


def raw(values: list[float]) -> tuple[tuple[int, ...], bytes]:
    return (len(values),), struct.pack(f"<{len(values)}f", *values)


def compared(got: list[float], wanted: list[float] = WANTED) -> float:
    return compare(PERCENT, Sample("noise", [], [raw(wanted)]), 0, raw(got))


@pytest.mark.parametrize(
    ("got", "apart"),
    [(WANTED, 0), ([30.02, 0.0, -2.0], 0.02), ([30.0, 0.00009, -2.001], 0.001)],
)
def test_what_is_within_the_tolerance_is_taken(got: list[float], apart: float) -> None:
    assert compared(got) == pytest.approx(apart, rel=1e-3, abs=1e-6)


def test_zero_against_zero_and_what_is_no_number_against_the_same_are_equal() -> None:
    assert compared([0.0, -0.0, nan, inf], [-0.0, 0.0, nan, inf]) == 0


@pytest.mark.parametrize(
    "got",
    [[30.04, 0.0, -2.0], [30.0, 0.0002, -2.0], [nan, 0.0, -2.0], [inf, 0.0, -2.0]],
)
def test_what_is_further_off_is_refused_with_the_output_s_name(got: list[float]) -> None:
    with pytest.raises(DifferenceError, match=r"^percent, of the sample noise: element [01] is "):
        compared(got)


def test_a_number_where_pytorch_has_none_is_refused() -> None:
    with pytest.raises(DifferenceError):
        compared([30.0, 0.0, -2.0], [30.0, nan, -2.0])


def test_another_shape_is_refused() -> None:
    with pytest.raises(DifferenceError, match=r"the shape is \(2,\), PyTorch's \(3,\)"):
        compared([30.0, 0.0])


def test_whole_numbers_must_be_equal() -> None:
    classes = Output("classes", "int64", rtol=0, atol=0)
    sample = Sample("noise", [], [((1,), struct.pack("<q", 7))])
    assert compare(classes, sample, 0, ((1,), struct.pack("<q", 7))) == 0
    with pytest.raises(DifferenceError, match="element 0 is 8, PyTorch's 7"):
        compare(classes, sample, 0, ((1,), struct.pack("<q", 8)))


def test_they_are_read_as_they_were_written(tmp_path: Path) -> None:
    kept = Answers([PERCENT], [Sample("noise", [raw([1.0])], [raw(WANTED)])])
    answers.write(kept, tmp_path / "answers")
    assert answers.read(tmp_path / "answers") == kept


def test_a_model_that_cannot_be_loaded_is_told_with_the_engine_s_words(tmp_path: Path) -> None:
    kept = Answers([PERCENT], [Sample("noise", [raw([1.0])], [raw(WANTED)])])
    with pytest.raises(DifferenceError, match=r"network\.so cannot be run: cannot read network"):
        answers.check(kept, "engines.torch:Network", tmp_path / "network.so")
