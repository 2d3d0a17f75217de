"""Whether files have changed."""

from itertools import pairwise
from pathlib import Path

from pipeline.loop.watch import state_of


def test_a_change_is_seen_whatever_it_is(tmp_path: Path) -> None:
    file = tmp_path / "app" / "app.py"
    file.parent.mkdir()
    states = [state_of([tmp_path])]
    for text in ("a = 1\n", "a = 22\n"):
        file.write_text(text)
        states.append(state_of([tmp_path]))
    file.rename(file.with_name("other.py"))
    states.append(state_of([tmp_path]))
    file.with_name("other.py").unlink()
    assert all(one != other for one, other in pairwise(states))
    assert state_of([tmp_path]) == states[0]


def test_what_is_in_no_image_is_no_change(tmp_path: Path) -> None:
    before = state_of([tmp_path])
    for name in ("__pycache__/app.pyc", ".git/index", ".venv/bin/python"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    assert state_of([tmp_path]) == before


def test_a_file_alone_can_be_watched(tmp_path: Path) -> None:
    model = tmp_path / "model.ubj"
    model.write_text("1")
    before = state_of([model])
    (tmp_path / "other").touch()
    assert state_of([model]) == before
    model.unlink()
    assert state_of([model]) == {}
