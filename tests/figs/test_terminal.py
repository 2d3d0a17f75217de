"""The recording of a terminal: what a command showed, as frames of an SVG."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as tree

from tests.commands import REPOSITORY

NS = "{http://www.w3.org/2000/svg}"
SCRIPT = REPOSITORY / "figs" / "terminal.py"
SHOWN = r"""printf 'one <&> \033[32mgreen\033[0m\n'; sleep 0.6; printf '\033[2J\033[Htwo\n'"""


def record(place: Path, script: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), str(place), "bash", "-c", script]
    return subprocess.run(command, capture_output=True, text=True)


def test_each_screen_is_a_frame_and_the_last_stays(tmp_path: Path) -> None:
    assert record(tmp_path / "shown.svg", SHOWN).returncode == 0
    picture = tree.fromstring((tmp_path / "shown.svg").read_text())
    rows = {one.get("id"): one for one in picture.iter(f"{NS}text")}
    frames = [group for group in picture.iter(f"{NS}g") if group.get("class") == "f"]
    texts = [
        ["".join(rows[(use.get("href") or "")[1:]].itertext()).rstrip() for use in frame]
        for frame in frames
    ]
    assert texts[-2:] == [["one <&> green"], ["two"]]
    (green,) = [one for one in picture.iter(f"{NS}tspan") if one.text == "green"]
    assert green.get("fill") == "#7ee787"
    style = picture.findtext(f"{NS}style") or ""
    assert "prefers-reduced-motion:reduce" in style and style.count("@keyframes") == len(frames)


def test_nothing_is_written_of_a_command_that_fails(tmp_path: Path) -> None:
    ran = record(tmp_path / "shown.svg", "exit 3")
    assert ran.returncode == 1 and "bash ended with status 3" in ran.stderr
    assert not (tmp_path / "shown.svg").exists()
