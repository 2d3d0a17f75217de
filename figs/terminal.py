"""Records a command as a terminal shows it, and writes it as an animated SVG.

    .venv/bin/python figs/terminal.py figs/pipeline.svg \\
        bash pipeline.sh -l -s dev -r -p ./xgboost-example -d -t

The command runs in a terminal of its own, and pyte, a terminal emulator, keeps the screen. Waiting
is shortened, and the title says what it took. Who wants no motion sees the last screen.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import pyte

COLUMNS, ROWS = 100, 30
FRAME_SECONDS = 0.25  # screens that follow each other sooner become one
LONGEST_SECONDS = 1.0  # that a screen which does not change is shown
LAST_SECONDS = 4.0
WIDTH, HEIGHT, MARGIN = 8.4, 17, 14  # of a character, and around the screen, in pixels
PAPER, INK = "#11161c", "#d7dde4"
# By pyte's names of the sixteen colours that the pipeline may use.
COLOURS = {
    "red": "#ff7b72",
    "green": "#7ee787",
    "brown": "#e3b341",
    "yellow": "#e3b341",
    "blue": "#79c0ff",
    "magenta": "#d2a8ff",
    "cyan": "#76e3ea",
}
DIM = "#8b949e"


class Frame(NamedTuple):
    """A screen, and for how long it is shown.

    Attributes:
        rows: SVG of each row, empty ones too.
        seconds: at most LONGEST_SECONDS, but for the last.
    """

    rows: tuple[str, ...]
    seconds: float


def record(command: Sequence[str]) -> tuple[list[Frame], float, int]:
    """Run a command in a terminal.

    Returns:
        the screens, the seconds that it took, and its exit status.
    """
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environ = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    environ.pop("CI", None)
    started = time.monotonic()
    process = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, env=environ, close_fds=True
    )
    os.close(follower)
    frames = list(_frames(leader))
    return frames, time.monotonic() - started, process.wait()


def _frames(leader: int) -> Iterator[Frame]:
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    shown, since = _rows(screen), time.monotonic()
    while content := _read(leader):
        stream.feed(content)
        rows, now = _rows(screen), time.monotonic()
        if rows != shown and now - since >= FRAME_SECONDS:
            yield Frame(shown, min(now - since, LONGEST_SECONDS))
            since = now
        shown = rows
    yield Frame(_rows(screen), LAST_SECONDS)


def _read(leader: int) -> bytes:
    """Wait for output; empty once the command and all that it started have closed the terminal."""
    select.select([leader], [], [])
    try:
        return os.read(leader, 1 << 16)
    except OSError:  # Linux's way to say that the other end is closed
        return b""


def _rows(screen: pyte.Screen) -> tuple[str, ...]:
    return tuple(_row(screen.buffer[number]) for number in range(ROWS))


def _row(cells: dict[int, pyte.screens.Char]) -> str:
    """Write a row as SVG: a piece of text for each run of one colour."""
    runs: list[tuple[str, str]] = []
    for column in range(COLUMNS):
        cell = cells[column]
        colour = COLOURS.get(cell.fg, INK if cell.fg == "default" else DIM)
        if runs and runs[-1][0] == colour:
            runs[-1] = colour, runs[-1][1] + cell.data
        else:
            runs.append((colour, cell.data))
    if runs and runs[-1][0] == INK:
        runs[-1] = INK, runs[-1][1].rstrip()
    return "".join(
        escape(text) if colour == INK else f'<tspan fill="{colour}">{escape(text)}</tspan>'
        for colour, text in runs
    )


def as_svg(frames: Sequence[Frame], title: str) -> str:
    """Write screens as an SVG that shows one after the other, over and over."""
    width, height = COLUMNS * WIDTH + 2 * MARGIN, ROWS * HEIGHT + 2 * MARGIN
    total = sum(frame.seconds for frame in frames)
    rows = sorted({row for frame in frames for row in frame.rows if row})
    names = {row: f"r{number}" for number, row in enumerate(rows)}
    style = [
        f"text{{font:14px ui-monospace,Menlo,Consolas,monospace;fill:{INK};white-space:pre}}",
        f".f{{visibility:hidden;animation:{total:.2f}s step-end infinite}}",
        f".f:last-child{{animation-name:k{len(frames) - 1}}}",
        "@media(prefers-reduced-motion:reduce){.f{animation:none!important}"
        ".f:last-child{visibility:visible}}",
    ]
    style += [f"#s{n}{{animation-name:k{n}}}" for n in range(len(frames))]
    style += list(_keyframes(frames, total))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}"'
            f' role="img" aria-labelledby="t"><title id="t">{escape(title)}</title>',
            f"<style>{''.join(style)}</style>",
            f'<rect width="100%" height="100%" rx="8" fill="{PAPER}"/>',
            "<defs>",
            *(
                f'<text id="{name}" xml:space="preserve">{row}</text>'
                for row, name in names.items()
            ),
            "</defs>",
            *(_frame(number, frame, names) for number, frame in enumerate(frames)),
            "</svg>\n",
        ]
    )


def _keyframes(frames: Sequence[Frame], total: float) -> Iterator[str]:
    begun = 0.0
    for number, frame in enumerate(frames):
        begin, end = 100 * begun / total, 100 * (begun + frame.seconds) / total
        hidden = "visibility:hidden"
        before = f"0%{{{hidden}}}" if begun else ""
        after = f"{end:.3f}%{{{hidden}}}" if number < len(frames) - 1 else ""
        yield f"@keyframes k{number}{{{before}{begin:.3f}%{{visibility:visible}}{after}}}"
        begun += frame.seconds


def _frame(number: int, frame: Frame, names: dict[str, str]) -> str:
    uses = (
        f'<use href="#{names[row]}" x="{MARGIN}" y="{MARGIN + HEIGHT * (line + 0.75):g}"/>'
        for line, row in enumerate(frame.rows)
        if row
    )
    return f'<g class="f" id="s{number}">{"".join(uses)}</g>'


def main() -> None:
    """Record the command of the command line into a file."""
    place, *command = sys.argv[1:]
    frames, seconds, status = record(command)
    if status:
        sys.exit(f"{command[0]} ended with status {status}: nothing was written")
    title = f"{' '.join(command)}, {seconds:,.0f} s, waiting shortened"
    Path(place).write_text(as_svg(frames, title), encoding="utf-8")


if __name__ == "__main__":
    main()
