"""The releases on a line of time."""

import pytest

from pipeline.listing import timeline

NAMES = [
    f"{time}Z-0123456789abcdef"
    for time in ("20260101T000000", "20260101T120000", "20260102T000000")
]
WIDTH = 54


@pytest.mark.parametrize(("blocks", "marks"), [(True, "─○●"), (False, "-o*")])
def test_marks_stand_where_their_time_is(blocks: bool, marks: str) -> None:
    rule, mark, live = tuple(marks)
    line, ends, legend = timeline(NAMES, NAMES[1], WIDTH, blocks)
    assert (
        len(line) == WIDTH - 2
        and line.startswith(f"  {mark}{rule}")
        and line.endswith(f"{rule}{mark}")
    )
    assert line.index(live) - 2 == pytest.approx((WIDTH - 5) / 2, abs=0.5)
    assert ends.split("  ")[1].startswith("2026-01-01 00:00") and ends.endswith(
        "2026-01-02 00:00 UTC"
    )
    assert legend == f"  {live} live"


def test_a_single_release_stands_at_the_end() -> None:
    assert timeline(NAMES[:1], NAMES[0], WIDTH, True)[0].endswith("─●")


def test_a_live_release_is_seen_among_others_at_one_place() -> None:
    close = ["20260101T000000Z-00", "20260101T000001Z-01", "20260301T000000Z-02"]
    assert timeline(close, close[0], WIDTH, True)[0].startswith("  ●─")
    assert timeline(close, close[1], WIDTH, True)[0].startswith("  ●─")


def test_where_none_is_live_no_legend_says_so() -> None:
    assert len(timeline(NAMES, "", WIDTH, True)) == 2
