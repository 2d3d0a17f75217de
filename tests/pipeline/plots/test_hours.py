"""The sums of a log, and how they are drawn."""

import datetime
import xml.etree.ElementTree as ElementTree
from typing import Any

import numpy as np
import pytest

from pipeline.plots.hours import HOURS, PIECE_MS, PIECES, as_svg, as_text, sums

END_MS = 1_767_225_600_000  # the beginning of 2026


def line(minutes_ago: float, **more: Any) -> dict[str, Any]:
    at = datetime.datetime.fromtimestamp(END_MS / 1000 - minutes_ago * 60, datetime.UTC)
    told = {"timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}", "status": 200, "total_ms": 10.0}
    return {**told, "cold_start": False, "release": "r1", **more}


def test_lines_are_counted_in_their_five_minutes() -> None:
    assert HOURS * 3_600_000 == PIECES * PIECE_MS
    lines = [
        line(1, cold_start=True),
        line(4, status=500),
        line(6, status=404),
        line(HOURS * 60 + 1),
        line(-1),
    ]
    found = sums(lines, END_MS)
    last, before = found.pieces[-1], found.pieces[-2]
    assert (last.requests, last.errors, last.cold_starts) == (2, 1, 1)
    assert (before.requests, before.errors) == (1, 0)
    assert sum(piece.requests for piece in found.pieces) == 3


def test_times_are_numpys_percentiles() -> None:
    times = [float(number**2 % 97) for number in range(50)]
    (piece,) = [p for p in sums([line(1, total_ms=t) for t in times], END_MS).pieces if p.requests]
    assert piece.p50_ms == pytest.approx(np.percentile(times, 50))
    assert piece.p99_ms == pytest.approx(np.percentile(times, 99))


def test_a_release_is_marked_where_it_is_first_seen() -> None:
    found = sums([line(1, release="new"), line(100, release="old"), line(2, release="old")], END_MS)
    assert found.releases == {"old": PIECES - 1 - 20, "new": PIECES - 1}
    text = as_text(found, 100, blocks=True)
    (marks,) = [one for one in text if one.startswith("releases")]
    assert [place - 13 for place, mark in enumerate(marks) if mark == "^"] == [15, 35]
    assert text[-2:] == ["  ^ old", "  ^ new"]


def test_an_empty_log_is_drawn_as_dots() -> None:
    assert all("." * PIECES in row for row in as_text(sums([], END_MS), 100, blocks=False)[:5])


def test_the_picture_says_what_it_shows_in_words_too() -> None:
    picture = ElementTree.fromstring(as_svg(sums([line(1)], END_MS), "m <dev>"))
    assert picture[0].text == "m <dev>" and "requests: at most 1" in str(picture[1].text)
