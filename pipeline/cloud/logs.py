"""A function's log: the lines that the model has written, one for each call."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from pipeline.cloud.aws import ask
from pipeline.cloud.record import NAME

POLL_SECONDS = 2
OVERLAP_MS = 10_000  # lines arrive late, and not in their order
KEPT = 10_000  # ids of lines that were shown


class Query(NamedTuple):
    """Which lines of a log.

    Attributes:
        group: of the log.
        wanted: a release, the number of a call, or nothing for all lines.
    """

    group: str
    wanted: str = ""

    def pattern(self) -> str:
        """Give the filter, as CloudWatch has it.

        Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
        """
        field = "release" if NAME.fullmatch(self.wanted) else "request_id"
        return f'{{ $.{field} = "{self.wanted}" }}' if self.wanted else "{ $.total_ms >= 0 }"

    def wants(self, line: dict[str, Any]) -> bool:
        """Tell whether a line is one of these; the local AWS's filter lets all through."""
        told = (line.get("release"), line.get("request_id"))
        return bool(line) and (not self.wanted or self.wanted in told)

    def since(
        self, start_ms: int, most: int | None = None, shown: bool = True
    ) -> list[dict[str, Any]]:
        """List the events since a time, oldest first; each has its line in `message`.

        Raises:
            AwsError: the log cannot be read.
        """
        words = ("logs", "filter-log-events", "--log-group-name", self.group)
        limits = ("--max-items", str(most)) if most else ()
        start = ("--start-time", str(start_ms), "--filter-pattern", self.pattern())
        return list(ask(*words, *start, *limits, shown=shown).get("events", []))


def line_of(event: dict[str, Any]) -> dict[str, Any]:
    """Read a line of the model's; {} where it is none."""
    try:
        found = json.loads(event["message"])
    except ValueError:
        return {}
    return found if isinstance(found, dict) and "total_ms" in found else {}


def _name(event: dict[str, Any]) -> str:
    """Tell events apart; those of the local AWS have no id."""
    return str(event.get("eventId") or [event[key] for key in ("logStreamName", "message")])


def follow(query: Query, start_ms: int, once: bool) -> Iterator[dict[str, Any]]:
    """Give the model's lines as they come, each once.

    Args:
        query: which lines.
        start_ms: since when, in milliseconds since 1970.
        once: whether to end with those that are there.

    Raises:
        AwsError: the log cannot be read.
    """
    seen: dict[str, None] = {}
    is_first = True
    while True:
        found = query.since(start_ms, shown=is_first)
        events, is_first = [one for one in found if _name(one) not in seen], False
        for event in events:
            seen[_name(event)] = None
            if query.wants(line := line_of(event)):
                yield line
        if once:
            return
        for old in list(seen)[:-KEPT]:
            del seen[old]
        newest = max((int(event["timestamp"]) for event in events), default=start_ms + OVERLAP_MS)
        start_ms = max(start_ms, newest - OVERLAP_MS)
        time.sleep(POLL_SECONDS)
