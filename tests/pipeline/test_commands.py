"""What is told on standard error."""

from collections.abc import Callable

import pytest

from pipeline.commands import note, say, show


@pytest.mark.parametrize("tell", [note, say, lambda text: show(["rm", text])])
def test_control_characters_of_names_do_not_reach_the_terminal(
    tell: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    tell("a\x1b[2Jb\rc\x00d\x7fe\x9b1mf")
    told = capsys.readouterr().err
    assert r"a\x1b[2Jb\x0dc\x00d\x7fe\x9b1mf" in told
    assert told.replace("\n", "").isprintable()


def test_lines_tabs_and_letters_are_told_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    note("a\tb\nc é 模型")
    assert capsys.readouterr().err == "a\tb\nc é 模型\n"
