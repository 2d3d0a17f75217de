"""The sweep as SVG: its points lie where the numbers on its axes say."""

import re
from xml.etree import ElementTree as tree

import numpy as np
import pytest

from pipeline.memory.cost import Point, dollars_per_million
from pipeline.memory.plot import as_svg, bars
from pipeline.plots.svg import ticks

NS = "{http://www.w3.org/2000/svg}"
TIMES = {
    512: (62.1, 55.0, 80.2),
    1024: (30.3, 29.9, 31.0),
    1769: (17.9, 17.0, 19.5),
    3008: (17.4, 17.1, 18.0),
}
POINTS = [
    Point(mb, warm, least, most, dollars_per_million(warm, mb, "x86_64"))
    for mb, (warm, least, most) in TIMES.items()
]


@pytest.fixture(scope="module")
def picture() -> tree.Element:
    return tree.fromstring(as_svg(POINTS, "a <model> & more"))


def axis(picture: tree.Element, above: float, below: float) -> tuple[float, float]:
    """The line that turns a coordinate up into a value, by the numbers beside an axis."""
    labels = [
        (float(one.get("y", "")) - 4, float((one.text or "").replace(",", "")))
        for one in picture.iter(f"{NS}text")
        if one.get("class") == "soft right" and above < float(one.get("y", "")) < below
    ]
    ups, values = zip(*labels, strict=True)
    slope, offset = np.polyfit(np.array(ups), np.array(values), 1)
    return float(slope), float(offset)


def dots(picture: tree.Element, above: float, below: float) -> list[tuple[float, float]]:
    found = [
        (float(dot.get("cx", "")), float(dot.get("cy", ""))) for dot in picture.iter(f"{NS}circle")
    ]
    return [(x, y) for x, y in found if above < y < below]


@pytest.mark.parametrize(
    ("above", "below", "values"),
    [
        (40, 262, [point.warm_ms for point in POINTS]),
        (270, 480, [point.dollars_per_million for point in POINTS]),
    ],
)
def test_points_lie_where_the_axis_says(
    picture: tree.Element, above: float, below: float, values: list[float]
) -> None:
    slope, offset = axis(picture, above, below)
    read = [slope * y + offset for _, y in dots(picture, above, below)]
    assert read == pytest.approx(values, rel=0.01)


def test_points_stand_above_their_memory(picture: tree.Element) -> None:
    labels = {
        int((one.text or "").replace(",", "")): float(one.get("x", ""))
        for one in picture.iter(f"{NS}text")
        if one.get("class") == "soft middle"
    }
    assert [*labels] == [*TIMES]
    assert [x for x, _ in dots(picture, 40, 262)] == [*labels.values()]
    slope, offset = np.polyfit(np.array([*labels]), np.array([*labels.values()]), 1)
    assert [slope * mb + offset for mb in labels] == pytest.approx([*labels.values()], abs=0.01)


def test_rounds_are_drawn_from_the_best_to_the_worst(picture: tree.Element) -> None:
    slope, offset = axis(picture, 40, 262)
    spans = [
        (slope * float(one.get("y1", "")) + offset, slope * float(one.get("y2", "")) + offset)
        for one in picture.iter(f"{NS}line")
        if one.get("class") == "mark"
    ]
    assert np.array(spans) == pytest.approx(
        np.array([pair[1:] for pair in TIMES.values()]), rel=0.01
    )


def test_what_it_shows_is_told_to_whoever_does_not_see_it(picture: tree.Element) -> None:
    title, described = picture.find(f"{NS}title"), picture.find(f"{NS}desc")
    assert title is not None and title.text == "Memory sweep of a <model> & more"
    assert described is not None and "1024 MB: 30.30 ms" in (described.text or "")
    assert "Knee: 1769 MB" in (described.text or "")


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (80.2, [0, 20, 40, 60, 80, 100]),
        (4.5, [0, 1, 2, 3, 4, 5]),
        (0.3, [0, 0.1, 0.2, 0.3]),
        (0, [0]),
    ],
)
def test_ticks_are_round(most: float, expected: list[float]) -> None:
    assert ticks(most)[: len(expected)] == pytest.approx(expected)
    assert ticks(most)[-1] >= most


def test_text_has_a_line_for_each_memory_and_marks_the_knee() -> None:
    drawn = bars(POINTS, blocks=True)
    assert [int(re.sub(r"[ ,]", "", line.partition(" MB")[0])) for line in drawn] == [*TIMES]
    assert [line.endswith("<-") for line in drawn] == [False, False, True, False]
    assert max(map(len, drawn)) <= 80
    lengths = [line.partition("  ")[2].count("█") for line in drawn]
    assert lengths[0] > lengths[1] > lengths[2]
