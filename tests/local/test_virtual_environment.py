"""The making of the local AWS's virtual environment, for who waits and for a log."""

import sys
from pathlib import Path

import pytest

from local import virtual_environment


@pytest.mark.parametrize(("is_terminal", "is_quiet"), [(True, False), (False, True)])
def test_pip_tells_what_it_does_at_a_terminal_alone(
    is_terminal: bool, is_quiet: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []
    folder = tmp_path / ".venv"
    folder.mkdir()
    monkeypatch.setattr(virtual_environment, "run", ran.append)
    for name, path in (
        ("FOLDER", folder),
        ("CLI", tmp_path / "cli"),
        ("MADE_FROM", tmp_path / "m"),
    ):
        monkeypatch.setattr(virtual_environment, name, path)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    virtual_environment._make()
    (pip,) = [command for command in ran if "install" in command]
    assert ("-qq" in pip) is is_quiet


def test_what_a_command_prints_is_not_taken_for_the_path_that_is_asked_for(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", sys.stderr)  # as `local/aws file` has it
    virtual_environment.run(["echo", "from apt"])
    said = capfd.readouterr()
    assert said.out == "" and said.err.endswith("from apt\n")
