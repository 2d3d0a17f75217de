"""What of a model directory goes into its context."""

from pathlib import Path

import pytest

from pipeline.errors import ContextError
from pipeline.model.context import make_context


@pytest.fixture
def model(tmp_path: Path) -> Path:
    directory = tmp_path / "a model"
    (directory / "app").mkdir(parents=True)
    (directory / "Dockerfile").write_text("FROM x\nCOPY serving engines wheels /x\n")
    (directory / "app" / "app.py").write_text("handler = None\n")
    return directory


@pytest.mark.parametrize(
    "name", [".env", ".env.prod", ".netrc", "id_rsa", "server.pem", ".aws/credentials", "app/.env"]
)
def test_what_may_hold_a_secret_is_refused_by_name(model: Path, name: str) -> None:
    (model / name).parent.mkdir(exist_ok=True)
    (model / name).write_text("secret")
    with pytest.raises(ContextError, match="may hold a secret"):
        make_context(model, into=model.parent / "build")


@pytest.mark.parametrize("target", ["/proc/self", "/proc/self/environ", "/dev/zero"])
def test_the_kernels_view_and_endless_devices_are_refused(model: Path, target: str) -> None:
    (model / "app" / "link").symlink_to(target)
    with pytest.raises(ContextError, match="is a link out of the directory"):
        make_context(model, into=model.parent / "build")
    if not target.endswith("self"):
        (model / "app" / "link").unlink()
        (model / "app" / "link").symlink_to("/dev/zero")
        with pytest.raises(ContextError, match="is not a file"):
            make_context(model, into=model.parent / "build", allowed=["app/link"])


def test_contexts_are_for_this_user_alone(model: Path) -> None:
    make_context(model, into=model.parent / "build")
    assert (model.parent / "build").stat().st_mode & 0o777 == 0o700


def test_a_directory_that_may_only_be_read_is_copied(model: Path) -> None:
    (model / "app" / "app.py").chmod(0o444)
    (model / "app").chmod(0o555)
    model.chmod(0o555)
    context = make_context(model, into=model.parent / "build")
    assert (context / "app" / "app.py").stat().st_mode & 0o777 == 0o644
    model.chmod(0o755)


def test_what_is_left_out_need_not_be_free_of_circles(model: Path) -> None:
    (model / ".venv").mkdir()
    (model / ".venv" / "again").symlink_to(model)
    (model / ".venv" / "gone").symlink_to("nowhere")
    assert make_context(model, into=model.parent / "build")


def test_an_allow_list_for_docker_does_not_hide_what_was_added(model: Path) -> None:
    (model / ".dockerignore").write_text("*\n!app")
    context = make_context(model, into=model.parent / "build")
    lines = (context / ".dockerignore").read_text().splitlines()
    assert lines[:2] == ["*", "!app"] and {"!serving", "!engines", "!wheels"} <= set(lines)
