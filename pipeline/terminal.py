"""What a person sees of work that takes long: the seconds, and what is going on.

On a terminal a line moves while a command works, and its output is kept in a file, which is shown
only if the command fails. Elsewhere, in CI, and with VERBOSE=1, output is shown as it comes, and a
line now and then says that a silent command still works. NO_COLOR takes the colours away.

This is own code since the steps run on a bare Python: rich would have to be installed or vendored.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import threading
import time
from types import TracebackType
from unicodedata import east_asian_width

# Names of files and what archives hold may have them, and a terminal obeys them.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Which step of a Dockerfile Docker's builders are at, as each writes it.
STEP = re.compile(r"Step \d+/\d+|\[[^\]]*\b\d+/\d+\]")
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
TURNS = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
PLAIN_TURNS = "|/-\\"
PERIOD_SECONDS = 0.1
PATIENCE_SECONDS = 0.4  # before a line begins to move
# After so many seconds of silence a line says that the work goes on; then once in the last of them.
SILENCE_SECONDS = (2, 10, 30, 60)
ERASE = "\r\x1b[K"
BOLD, DIM = "1", "2"


def moves() -> bool:
    """Tell whether standard error is a terminal on which a line may move."""
    quiet = os.environ.get("CI") or os.environ.get("VERBOSE") or os.environ.get("TERM") == "dumb"
    return sys.stderr.isatty() and not quiet


def escaped(text: str) -> str:
    """Write control characters as `\\x1b`, but lines and tabs."""
    return CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def write(text: str, style: str = "") -> None:
    """Write a line to standard error, above the line that moves; control characters are escaped.

    Args:
        text: the line, or several.
        style: BOLD or DIM, on a terminal.
    """
    shown = escaped(text)
    if style and sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        shown = f"\x1b[{style}m{shown}\x1b[0m"
    with _LOCK:
        _erase()
        print(shown, file=sys.stderr, flush=True)


def seconds(took: float) -> str:
    """Write a time as a person reads it: `0.4 s`, `34 s`, `2 min 5 s`."""
    if took < 10:
        return f"{took:.1f} s"
    minutes, rest = divmod(round(took), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


class Working:
    """Work that goes on; as a context manager it shows that it does, until it ends."""

    def __init__(self, doing: str) -> None:
        """Take what is done, in a few words."""
        self._doing, self._step = doing, ""
        self._started = self._heard = time.monotonic()
        self._reminders = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Working:
        """Begin to show it."""
        _ALL.append(self)
        self._thread.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Leave nothing of it on the terminal."""
        self._ended.set()
        self._thread.join()
        with _LOCK:
            _ALL.remove(self)
            _erase()

    def hear(self, line: str) -> None:
        """Take a line of its output."""
        self._heard, self._reminders = time.monotonic(), 0
        text = escaped(COLOUR.sub("", line.replace("\r", "\n")).strip().rpartition("\n")[2])
        if found := STEP.search(text):
            self._step = found[0]
        elif text:
            self._doing = text
        if found and (rest := text.partition(" : ")[2]):
            self._doing = rest

    def _watch(self) -> None:
        turn = 0
        while not self._ended.wait(PERIOD_SECONDS):
            with _LOCK:
                if not moves():
                    self._remind()
                elif _ALL[-1] is self and time.monotonic() - self._started > PATIENCE_SECONDS:
                    _draw(self._line(turn))
            turn += 1

    def _line(self, turn: int) -> str:
        turns = TURNS if _has_unicode() else PLAIN_TURNS
        doing = " ".join(filter(None, [self._step, self._doing]))
        took = seconds(time.monotonic() - self._started)
        return f"{turns[turn % len(turns)]} {took}  {doing}"

    def _remind(self) -> None:
        silent = time.monotonic() - self._heard
        last = len(SILENCE_SECONDS) - 1
        more = SILENCE_SECONDS[last] * max(0, self._reminders - last)
        if silent >= SILENCE_SECONDS[min(self._reminders, last)] + more:
            self._reminders += 1
            took = seconds(time.monotonic() - self._started)
            print(f"  … {took}: {self._doing}", file=sys.stderr, flush=True)


_LOCK = threading.RLock()
_ALL: list[Working] = []
_drawn = False


def _draw(line: str) -> None:
    global _drawn
    width = shutil.get_terminal_size().columns - 1
    sys.stderr.write(ERASE + _cut(line, width))
    sys.stderr.flush()
    _drawn = True


def _erase() -> None:
    global _drawn
    if _drawn:
        sys.stderr.write(ERASE)
        sys.stderr.flush()
        _drawn = False


def _cut(text: str, width: int) -> str:
    """Cut a line to so many columns; wide characters take two."""
    used = 0
    for position, character in enumerate(text.expandtabs(1)):
        used += 2 if east_asian_width(character) in "WF" else 1
        if used > width:
            return text.expandtabs(1)[:position]
    return text.expandtabs(1)


def _has_unicode() -> bool:
    return (sys.stderr.encoding or "").lower().replace("-", "") == "utf8"
