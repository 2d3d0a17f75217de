"""What a person sees of work that takes long: on a real terminal, in a pipe, and in CI."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyte
import pytest

from pipeline.terminal import seconds
from tests.commands import REPOSITORY

COLUMNS, ROWS = 80, 30
FAKE = """
import sys
from pathlib import Path
from pipeline import output
from pipeline.commands import note, run, say, show
output.LOGS = Path(sys.argv[1])
say("Build: an image")
done = run(["bash", "-c", sys.argv[2]])
note(f"done: {done}")
"""
STEPS = "for n in 1 2 3 4 5 6; do echo Step $n/6 : RUN part $n; sleep 0.2; done"


def command(folder: Path, script: str) -> list[str]:
    return [sys.executable, "-c", FAKE, str(folder / "logs"), script]


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR")}
    return {**kept, "TERM": "xterm", "COLUMNS": str(COLUMNS), "PYTHONIOENCODING": "utf-8", **more}


class Terminal:
    """A command in a terminal: all that it wrote there, and every screen that was seen."""

    def __init__(self, command: list[str], interrupt_after: float = 0, **more: str) -> None:
        leader, follower = pty.openpty()
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment(**more),
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
        )
        os.close(follower)
        screen = pyte.Screen(COLUMNS, ROWS)
        stream = pyte.ByteStream(screen)
        self.written, self.screens = b"", list[str]()
        began = time.monotonic()
        while time.monotonic() - began < 30:
            if interrupt_after and time.monotonic() - began > interrupt_after:
                os.killpg(process.pid, signal.SIGINT)
                interrupt_after = 0
            if not select.select([leader], [], [], 0.05)[0]:
                continue
            try:
                content = os.read(leader, 4096)
            except OSError:
                break
            self.written += content
            stream.feed(content)
            self.screens.append("\n".join(screen.display))
        self.status = process.wait(5)
        self.last = [line.rstrip() for line in screen.display if line.strip()]
        os.close(leader)


def piped(command: list[str], **more: str) -> str:
    run = subprocess.run(
        command, cwd=REPOSITORY, env=environment(**more), capture_output=True, text=True
    )
    return run.stderr


def test_on_a_terminal_a_line_moves_and_leaves_nothing(tmp_path: Path) -> None:
    shown = Terminal(command(tmp_path, STEPS))
    moving = [
        screen
        for screen in shown.screens
        if re.search(r"[^ -~] 0\.\d s  Step 4/6 RUN part 4", screen)
    ]
    assert moving
    assert shown.last[0] == "== Build: an image"
    assert shown.last[1].startswith("+ bash -c")
    assert shown.last[-2] == "done: True"
    assert re.fullmatch(r"   1\.\d s", shown.last[-1])
    assert not any("part" in line for line in shown.last[2:] if not line.startswith("sleep"))
    (log,) = (tmp_path / "logs").glob("*.log")
    assert log.read_text() == "".join(f"Step {n}/6 : RUN part {n}\n" for n in range(1, 7))
    assert (tmp_path / "logs").stat().st_mode & 0o777 == 0o700


def test_a_failure_shows_the_end_of_the_output_and_where_all_of_it_is(tmp_path: Path) -> None:
    shown = Terminal(command(tmp_path, "for n in $(seq 100); do echo line $n; done; false"))
    (log,) = (tmp_path / "logs").glob("*.log")
    text = " ".join(shown.written.decode().split())
    assert "line 100" in text and "line 61" in text and "line 60 " not in text
    assert "(100 lines in all, in" in text and log.name in text.replace(" ", "")
    assert "done: False" in text


def test_no_color_takes_the_colours_and_nothing_else(tmp_path: Path) -> None:
    coloured = Terminal(command(tmp_path, STEPS))
    plain = Terminal(command(tmp_path, STEPS), NO_COLOR="1")
    assert b"\x1b[1m" in coloured.written and b"\x1b[1m" not in plain.written
    assert b"Step 4/6" in plain.written


@pytest.mark.parametrize("name", ["CI", "VERBOSE"])
def test_in_ci_and_where_it_is_asked_for_all_is_shown(name: str, tmp_path: Path) -> None:
    more: dict[str, Any] = {name: "1"}
    shown = Terminal(command(tmp_path, STEPS), **more)
    assert [line for line in shown.last if line.startswith("Step ")] == [
        f"Step {n}/6 : RUN part {n}" for n in range(1, 7)
    ]
    assert b"\r\x1b[K" not in shown.written


def test_in_a_pipe_all_is_shown_and_silence_is_broken(tmp_path: Path) -> None:
    told = piped(command(tmp_path, "echo begun; sleep 2.6; echo ended"))
    lines = told.splitlines()
    assert lines.index("begun") < lines.index("ended")
    assert [line for line in lines if re.fullmatch(r"  … 2\.\d s: begun", line)]
    assert "\x1b" not in told
    assert not (tmp_path / "logs").exists()


def test_what_is_wide_does_not_wrap_the_line(tmp_path: Path) -> None:
    wide = r"for n in $(seq 60); do printf '\346\250\241'; done; echo; sleep 1"
    shown = Terminal(command(tmp_path, wide))
    assert "模".encode() in shown.written
    assert not any("模" in line for line in shown.last)  # a line that wrapped would have stayed


def test_control_characters_of_output_do_not_reach_the_terminal(tmp_path: Path) -> None:
    shown = Terminal(command(tmp_path, "printf 'a\\033[2Jb\\n'; sleep 1"))
    assert b"\x1b[2J" not in shown.written


def test_an_interrupt_leaves_a_clean_terminal(tmp_path: Path) -> None:
    program = FAKE.replace(
        "import sys\n",
        "import sys\nfrom pipeline.stopping import exit_at_signals\nexit_at_signals()\n",
        1,
    )
    shown = Terminal(
        [sys.executable, "-c", program, str(tmp_path / "logs"), "sleep 20"], interrupt_after=1.5
    )
    assert shown.status == -signal.SIGINT
    assert any("interrupted: the same command goes on from here" in line for line in shown.last)
    assert not any(re.search(r"\d s  bash", line) for line in shown.last)


@pytest.mark.parametrize(
    ("took", "text"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (34.4, "34 s"), (125, "2 min 5 s")]
)
def test_times_are_short(took: float, text: str) -> None:
    assert seconds(took) == text
