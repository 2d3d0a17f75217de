"""The virtual environment of a model's requirements: one for each, whole or not at all."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import LoopError
from pipeline.loop import environment as module
from pipeline.loop.environment import FINISHED, Needs, environment, find_python

METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture(autouse=True)
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two packages, all that pip finds: one needs the other."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name, needs in (("needed", ""), ("needing", "Requires-Dist: needed\n")):
        about = f"{name}-1.0.dist-info"
        with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}.py", "value = 1\n")
            wheel.writestr(f"{about}/METADATA", METADATA.format(name=name) + needs)
            wheel.writestr(f"{about}/WHEEL", WHEEL)
            wheel.writestr(f"{about}/RECORD", "")
    monkeypatch.setattr(module, "VENVS", tmp_path / "venvs")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text("needing==1.0\n")
    return path


def has(python: Path, name: str) -> bool:
    return (
        subprocess.run([str(python), "-c", f"import {name}"], capture_output=True).returncode == 0
    )


def test_it_has_the_requirements_and_is_made_once(
    requirements: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = environment(Needs([requirements], [True]), sys.executable)
    assert has(python, "needing, needed")
    requirements.write_text("# Why.\n\nneeding==1.0  # that one\n")
    monkeypatch.setattr(module, "_run", lambda _: pytest.fail("it is made again"))
    assert environment(Needs([requirements], [True]), sys.executable) == python


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that an environment is made by, none of which runs."""
    commands: list[str] = []
    monkeypatch.setattr(module, "_run", lambda command: commands.append(" ".join(command)))
    return commands


def test_dependencies_and_each_file_make_another(requirements: Path, ran: list[str]) -> None:
    other = requirements.with_name("other.txt")
    other.write_text("-c requirements.txt\n")
    files = [requirements], [requirements], [other], [other, requirements]
    made = [
        environment(Needs(one, [index > 0] * 2), sys.executable) for index, one in enumerate(files)
    ]
    requirements.write_text("needing==1.1\n")
    made.append(environment(Needs([other], [True]), sys.executable))
    assert len({*made}) == 5
    installs = [command for command in ran if " install " in command]
    assert ["--no-deps" in command for command in installs] == [True] + 5 * [False]


def test_one_that_was_not_finished_is_made_again(requirements: Path, ran: list[str]) -> None:
    needs = Needs([requirements], [True])
    folder = environment(needs, sys.executable).parents[1]
    count = len(ran)
    environment(needs, sys.executable)
    assert len(ran) == count
    (folder / FINISHED).unlink()
    (folder / "left over").touch()
    environment(needs, sys.executable)
    assert len(ran) == 2 * count and not (folder / "left over").exists()


def test_a_requirement_that_does_not_install_says_what_pip_said(requirements: Path) -> None:
    requirements.write_text("no-such-package==1\n")
    with pytest.raises(LoopError, match="No matching distribution found for no-such-package==1"):
        environment(Needs([requirements], [True]), sys.executable)
    assert not [*module.VENVS.rglob(FINISHED)]


def test_a_python_without_a_new_pip_gets_one_of_its_own(
    requirements: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_output", lambda _: "")
    python = environment(Needs([requirements], [True]), sys.executable)
    assert ran[1] == f"{python} -m ensurepip"
    assert ran[2].startswith(f"{python} -m pip ") and "--python" not in ran[2]


def test_another_python_than_the_images_is_said_in_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert find_python("3.99") == sys.executable
    assert "the image has Python 3.99" in capsys.readouterr().err
    assert find_python("{}.{}".format(*sys.version_info)) == sys.executable
    assert capsys.readouterr().err == ""
