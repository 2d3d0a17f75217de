"""One JSON line on standard output for each call, with its outcome and where the time went."""

import sys
from os import environ
from time import gmtime, perf_counter, strftime
from typing import Any

import msgspec

from serving.events import text


class Counts:
    """What the call that is answered has used; a process answers one call at a time."""

    tokens: int | None = None  # of its texts, where the model is one of texts, which counts them


counts = Counts()
WITH_DRIFT = environ.get("DRIFT") == "on"
WITH_METRICS = environ.get("METRICS") == "on"


class Line(msgspec.Struct, kw_only=True):
    """What the log says of a call; nothing of its body, query or headers.

    Lambda's log filter goes by `timestamp` and `level`:
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html
    """

    timestamp: str = ""
    level: str = "INFO"
    request_id: str
    release: str
    cold_start: bool
    method: str = "invoke"
    path: str = ""
    status: int = 200
    parse_ms: float | None = None
    predict_ms: float | None = None
    total_ms: float | None = None
    tokens: int | None = None
    traceback: str | None = None
    drift: Any = msgspec.UNSET  # where DRIFT is on

    def blame(self, error: Exception) -> None:
        """Turn the line into that of a 500, with the traceback."""
        from traceback import format_exception

        self.level, self.status = "ERROR", 500
        self.traceback = text("".join(format_exception(error)))

    def timing(self) -> dict[str, str]:
        """Make the header that tells a caller where the time of a prediction went.

        Source: https://www.w3.org/TR/server-timing/
        """
        if self.predict_ms is None:
            return {}
        cold = ', cold;desc="cold start"' if self.cold_start else ""
        return {"Server-Timing": f"parse;dur={self.parse_ms}, predict;dur={self.predict_ms}{cold}"}

    def write(self, started: float) -> None:
        """Write the line, in one piece, of a call that started at a reading of `perf_counter`."""
        self.total_ms = milliseconds_since(started)
        self.tokens = counts.tokens
        self.timestamp = strftime("%Y-%m-%dT%H:%M:%SZ", gmtime())
        sys.stdout.write(msgspec.json.encode(self._record()).decode() + "\n")
        sys.stdout.flush()

    def _record(self) -> "Line | dict[str, Any]":
        if not WITH_METRICS:
            return self
        from serving.metrics import embedded

        return embedded(self)


def milliseconds_since(started: float) -> float:
    """Return the milliseconds since a reading of `perf_counter`, rounded to microseconds."""
    return round(1000 * (perf_counter() - started), 3)
