"""The completions, in real shells."""

import re
import shutil
import subprocess

import pytest

from tests.commands import REPOSITORY

BASH, ZSH = (REPOSITORY / "completions" / name for name in ("pipeline.bash", "_pipeline"))
COMPLETE = """
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_pipeline
printf '%s\\n' "${COMPREPLY[@]}"
"""
TYPED = r"""
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; fpath=($PWD/completions $fpath)'
zpty -w shell 'autoload -U compinit; compinit -u -D; print rea""dy'
while zpty -r shell line && [[ $line != *ready* ]]; do :; done
zpty -w -n shell "./pipeline.sh $1"$'\t\t'
sleep 1
zpty -r -t shell found '*' 2>/dev/null || zpty -r -t shell found
print -r -- "$found"
while zpty -r -t shell found; do print -r -- "$found"; done
"""


def flags() -> set[str]:
    """What getopts takes in pipeline.sh."""
    (letters,) = re.findall(r"getopts '([^']+)'", (REPOSITORY / "pipeline.sh").read_text())
    return {f"-{letter}" for letter in letters if letter != ":"}


def completed(*words: str) -> list[str]:
    """What bash offers for the last word."""
    command = ["bash", "-c", COMPLETE, "bash", str(BASH), *words]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return run.stdout.split()


@pytest.mark.parametrize("start", [["./pipeline.sh"], ["bash", "pipeline.sh"]])
def test_bash_offers_every_flag(start: list[str]) -> None:
    assert {*completed(*start, "-")} == flags()


def test_bash_offers_the_stages() -> None:
    assert completed("bash", "pipeline.sh", "-s", "") == ["dev", "stage", "prod"]
    assert completed("./pipeline.sh", "-s", "p") == ["prod"]


@pytest.mark.parametrize(
    "words",
    [
        ["bash", "other.sh", "-"],
        ["bash", "pip"],
        ["./pipeline.sh", "-p", "./xgb"],
        ["./pipeline.sh", "-f", "-"],
    ],
)
def test_bash_leaves_the_rest_to_names_of_files(words: list[str]) -> None:
    assert completed(*words) == []


def test_zsh_knows_every_flag() -> None:
    assert {*re.findall(r"^  '(-\w)\[", ZSH.read_text(), re.MULTILINE)} == flags()


@pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
def test_zsh_offers_the_stages() -> None:
    command = ["zsh", "-f", "-c", TYPED, "zsh", "-s "]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=30)
    assert {"dev", "stage", "prod"} <= {*re.findall(r"\w+", run.stdout)}
