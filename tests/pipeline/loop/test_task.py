"""The folder that an app runs in."""

from pathlib import Path

import pytest

from pipeline.errors import LoopError
from pipeline.loop.instructions import Copy
from pipeline.loop.task import make_task


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    for name in ("app/app.py", "app/data/a.txt", "engines/a.py", "engines/onnx/b.py", "x/app.py"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def made(context: Path, *copies: Copy) -> dict[str, str]:
    """The files of the task, and their texts."""
    task = context.parent / "task"
    make_task(context, copies, task)
    files = [path for path in task.rglob("*") if path.is_file()]
    return {path.relative_to(task).as_posix(): path.read_text() for path in files}


def test_a_folder_is_copied_by_its_content_and_later_files_win(context: Path) -> None:
    task = made(context, Copy(["app/"], ""), Copy(["x/*.py"], ""))
    assert task == {"app.py": "x/app.py", "data/a.txt": "app/data/a.txt"}
    assert (context / "app/app.py").read_text() == "app/app.py"


def test_a_pattern_takes_what_it_fits_and_no_folder_below(context: Path) -> None:
    assert made(context, Copy(["engines/*.py"], "engines/")) == {"engines/a.py": "engines/a.py"}


def test_a_file_can_have_another_name(context: Path) -> None:
    task = made(context, Copy(["./x/app.py"], "main.py"), Copy(["x/app.py"], "more/"))
    assert task == {"main.py": "x/app.py", "more/app.py": "x/app.py"}


def test_what_an_earlier_task_had_is_gone(context: Path) -> None:
    made(context, Copy(["app/"], ""))
    assert [*made(context, Copy(["x"], ""))] == ["app.py"]


def test_the_golden_request_alone_may_be_missing(context: Path) -> None:
    copies = Copy(["x/app.py"], ""), Copy(["example.json"], "")
    assert [*made(context, *copies)] == ["app.py"]
    (context / "example.json").write_text("{}")
    assert made(context, *copies)["example.json"] == "{}"


def test_a_dockerfile_that_copies_nothing_or_what_is_not_there_is_refused(context: Path) -> None:
    with pytest.raises(LoopError, match="copies nothing to /var/task"):
        made(context)
    with pytest.raises(LoopError, match="copies weights/, and there is no such file"):
        made(context, Copy(["weights/"], ""))
