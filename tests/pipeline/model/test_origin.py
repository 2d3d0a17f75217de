"""What git knows of a model, asked of git itself."""

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ReleaseError
from pipeline.model import origin
from pipeline.model.origin import Origin, origin_of, require_clean

Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Runs git in a repository with a committed model directory, which the project is in too."""
    monkeypatch.setattr(origin, "ROOT", tmp_path)

    def run(*words: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *words]
        return subprocess.run(
            command, cwd=tmp_path, check=True, capture_output=True, text=True
        ).stdout.strip()

    (tmp_path / "my model").mkdir()
    (tmp_path / "my model" / "churn.ubj").write_text("1")
    (tmp_path / ".gitignore").write_text("*.log\nbuilt/\n")
    run("init", "-q")
    run("add", ".")
    run("commit", "-qm", "Add a model")
    return run


def found(path: Path) -> Origin:
    return origin_of(path, path / "requirements.txt")


def test_a_committed_model_is_clean_and_has_its_commit(tmp_path: Path, git: Git) -> None:
    for path in (tmp_path / "my model", tmp_path / "my model" / "churn.ubj"):
        assert (found(path).commit, found(path).clean) == (git("rev-parse", "HEAD"), True)


def test_a_change_in_the_model_is_not_clean(tmp_path: Path, git: Git) -> None:
    (tmp_path / "my model" / "churn.ubj").write_text("2")
    assert found(tmp_path / "my model").commit and not found(tmp_path / "my model").clean


def test_a_new_file_is_not_clean_but_one_that_git_ignores_is(tmp_path: Path, git: Git) -> None:
    (tmp_path / "my model" / "run.log").touch()
    assert found(tmp_path / "my model").clean
    (tmp_path / "my model" / "new.json").touch()
    assert not found(tmp_path / "my model").clean


def test_a_change_of_the_project_that_builds_is_not_clean(tmp_path: Path, git: Git) -> None:
    (tmp_path / "serving").mkdir()
    (tmp_path / "serving" / "api.py").touch()
    assert not found(tmp_path / "my model").clean


@pytest.mark.parametrize("name", ["built", "my model/untracked"])
def test_a_folder_that_git_has_nothing_of_is_not_clean(tmp_path: Path, git: Git, name: str) -> None:
    (tmp_path / name).mkdir()
    assert not found(tmp_path / name).clean


def test_what_is_not_in_git_has_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(tmp_path) == Origin()
    monkeypatch.setenv("PATH", "")
    assert found(tmp_path) == Origin()


def test_the_requirements_are_known_by_their_hash(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes(b"numpy==2.0.0\n")
    wanted = hashlib.sha256(b"numpy==2.0.0\n").hexdigest()
    assert found(tmp_path).lock_sha256 == wanted


def test_prod_refuses_what_is_not_committed_unless_told_otherwise() -> None:
    dirty = Origin("c0ffee", False)
    with pytest.raises(ReleaseError, match=r"c0ffee.*export ALLOW_DIRTY=yes"):
        require_clean("prod", dirty, "no")
    with pytest.raises(ReleaseError, match="release 2026 was made of files that are in no git"):
        require_clean("prod", Origin(), "no", "2026")
    require_clean("prod", dirty, "yes")
    require_clean("dev", dirty, "no")
    require_clean("prod", Origin("c0ffee", True), "no")
