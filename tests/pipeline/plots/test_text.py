"""Bars of letters."""

import pytest

from pipeline.plots.text import bar


@pytest.mark.parametrize(
    ("value", "blocks", "drawn"),
    [
        (8, True, "████████"),
        (4, True, "████"),
        (1.5, True, "█▌"),
        (0.126, True, "▏"),
        (0, True, ""),
        (8, False, "########"),
        (1.5, False, "##"),
    ],
)
def test_a_bar_is_as_long_as_its_share_of_the_longest(
    value: float, blocks: bool, drawn: str
) -> None:
    assert bar(value, 8, 8, blocks) == drawn


def test_where_all_is_nothing_there_is_no_bar() -> None:
    assert bar(0, 0, 8, blocks=True) == ""
