"""Each command of the pipeline in README and docs/ is one that the driver and the steps take."""

import re
import shlex
from pathlib import Path

import pytest

from pipeline.command_line import parse
from tests.pages import DOCS, README, text_of
from tests.pipeline.driver import Driver

PAGES = [README, *DOCS]
LINES = re.compile(r"(?:bash pipeline\.sh|python3 -m pipeline) [^`|\n)]+")
# What stands for something of the reader's own.
PLACES = {'"$MODEL"': "./model", "MODEL": "./model", "DIR": "./model", "$": ""}


def commands(page: str, program: str) -> list[list[str]]:
    """The words of each command of a page, but for one that says that there is more."""
    found = []
    for line in LINES.findall(text_of(page)):
        for place, value in PLACES.items():
            line = line.replace(place, value)
        if line.startswith(program) and "…" not in line:
            found.append(shlex.split(line))
    return found


DRIVEN = [(page, words[2:]) for page in PAGES for words in commands(page, "bash")]
STEPS = [(page, words[3:]) for page in PAGES for words in commands(page, "python3")]


@pytest.fixture
def driver(tmp_path: Path) -> Driver:
    """The driver, with a local AWS that is up."""
    made = Driver(tmp_path)
    (made.root / "local").mkdir()
    (made.root / "local" / "aws").write_text("#!/bin/sh\necho local.json\n")
    (made.root / "local" / "aws").chmod(0o755)
    return made


def make_files(words: list[str], folder: Path) -> list[str]:
    """Make what a command names, below a folder; the command with these names."""
    made = []
    for word in words:
        if "/" in word or "." in word:
            file = folder / word.replace("~", "home")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            word = str(file)
        made.append(word)
    return made


def test_there_are_commands() -> None:
    assert len(DRIVEN) > 20 and len(STEPS) > 8


@pytest.mark.parametrize(("page", "words"), DRIVEN)
def test_the_driver_takes_it(page: str, words: list[str], driver: Driver) -> None:
    ran = driver.run(*make_files(words, driver.folder))
    assert ran.returncode == 0, ran.stderr
    if "-h" not in words:
        assert driver.steps()
    for step in driver.steps():
        parse(step.split())


@pytest.mark.parametrize(("page", "words"), STEPS)
def test_the_step_takes_it(page: str, words: list[str], tmp_path: Path) -> None:
    parse(make_files(words, tmp_path))
