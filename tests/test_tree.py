"""What holds for every file of the repository."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
NOT_OURS = re.compile(r"\.(git|venv|build|local|aws-sam|hypothesis|.*_cache)|__pycache__")
MAX_CODE_LINES = 250
# Spelt in parts, so that this file does not hold what it looks for.
PLACES_OF_ONE_MACHINE = [
    re.compile(r"(?<![\w}*])/(" + r"root|work|home/\w+)/"),
    re.compile("(pypi|pythonhosted|deb.debian|registry.npmjs)" + r"\.org"),
]


def files() -> Iterator[Path]:
    for folder, folders, names in os.walk(REPOSITORY):
        folders[:] = [name for name in folders if not NOT_OURS.fullmatch(name)]
        yield from (Path(folder, name) for name in names if not NOT_OURS.fullmatch(name))


def text_of(path: Path) -> str | None:
    content = path.read_bytes()
    return None if b"\0" in content[:8192] else content.decode(errors="replace")


TEXTS = {
    str(path.relative_to(REPOSITORY)): text
    for path in sorted(files())
    if (text := text_of(path)) is not None
}
SHEBANG = re.compile(r"#!.*\b(ba)?sh$", re.MULTILINE)
SHELL = [name for name, text in TEXTS.items() if SHEBANG.match(text)]
BASH = [name for name in SHELL if "bash" in TEXTS[name].splitlines()[0]]
SOURCED = [name for name in TEXTS if name.startswith("steps/")]
PYTHON = [name for name in TEXTS if name.endswith(".py")]


def test_the_walk_finds_files_of_each_kind() -> None:
    assert {"pipeline.sh", "scripts/check", "tools/engine"} <= set(BASH)
    assert {"tools/rie.py", "serving/__init__.py", "tests/test_tree.py"} <= set(PYTHON)


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_names_no_place_of_one_machine_and_no_package_host(name: str) -> None:
    found = [
        match.group() for rule in PLACES_OF_ONE_MACHINE for match in rule.finditer(TEXTS[name])
    ]
    assert found == []


@pytest.mark.parametrize("name", BASH)
def test_a_bash_script_stops_at_errors_and_runs_main_last(name: str) -> None:
    lines = [line for line in TEXTS[name].splitlines() if line and not line.startswith("#")]
    assert lines[0] == "set -euo pipefail"
    assert lines[-1] == 'main "$@"'


@pytest.mark.parametrize("name", BASH + SOURCED)
def test_a_bash_script_uses_nothing_newer_than_bash_3_2(name: str) -> None:
    newer = r"\b(mapfile|readarray|coproc|declare -[An]|local -[An])\b|\$\{\w+(,,|\^\^|@\w)|&>>|\|&"
    code = [line.split(" #")[0] for line in TEXTS[name].splitlines()]
    assert [line for line in code if re.search(newer, line)] == []


@pytest.mark.parametrize("name", SHELL)
def test_a_script_may_be_run(name: str) -> None:
    assert os.access(REPOSITORY / name, os.X_OK)


@pytest.mark.parametrize("name", [name for name in PYTHON if name.startswith("tools/")])
def test_a_tool_is_python_3_9(name: str) -> None:
    ast.parse(TEXTS[name], feature_version=(3, 9))


def code_lines(text: str) -> int:
    lines = [line.strip() for line in text.splitlines()]
    return sum(bool(line) and not line.startswith("#") for line in lines)


@pytest.mark.parametrize(
    "name", [name for name in PYTHON if not name.startswith("tests/")] + SHELL + SOURCED
)
def test_a_file_can_be_read_in_one_go(name: str) -> None:
    assert code_lines(TEXTS[name]) <= MAX_CODE_LINES


@pytest.mark.parametrize("name", [name for name in TEXTS if not name.endswith((".csv", ".json"))])
def test_a_text_has_unix_line_ends_and_ends_with_one(name: str) -> None:
    text = TEXTS[name]
    assert "\r" not in text
    assert text == "" or (text.endswith("\n") and not text.endswith("\n\n"))
