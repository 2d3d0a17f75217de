import os
from pathlib import Path

import pytest

from pipeline.errors import ContextError, DockerfileError
from pipeline.model.context import make_context


@pytest.fixture
def model(tmp_path: Path) -> Path:
    directory = tmp_path / "a model"
    (directory / "app").mkdir(parents=True)
    (directory / "Dockerfile").write_text(
        "FROM scratch\nCOPY serving/ /x\nCOPY engines/ /y\nCOPY wheels/ /z\n"
    )
    (directory / "app" / "app.py").write_text("handler = None\n")
    return directory


def test_a_context_has_the_directory_and_what_the_dockerfile_mentions(model: Path) -> None:
    context = make_context(model, into=model.parent / "build")
    assert (context / "app" / "app.py").read_text() == "handler = None\n"
    assert (context / "serving" / "__init__.py").is_file()
    assert (context / "engines" / "__init__.py").is_file()
    assert list((context / "wheels").iterdir()) == []


def test_a_dockerfile_that_mentions_none_of_it_builds_as_it_always_did(model: Path) -> None:
    (model / "Dockerfile").write_text("# no serving/ and engines/ here\nFROM scratch\nCOPY . /\n")
    context = make_context(model, into=model.parent / "build")
    assert sorted(path.name for path in context.iterdir()) == ["Dockerfile", "app"]


@pytest.mark.parametrize("package", ["serving", "engines"])
def test_a_directory_keeps_a_package_of_its_own(model: Path, package: str) -> None:
    (model / package).mkdir()
    (model / package / "mine.py").write_text("")
    context = make_context(model, into=model.parent / "build")
    assert [path.name for path in (context / package).iterdir()] == ["mine.py"]


def test_the_directory_itself_is_left_as_it_was(model: Path) -> None:
    before = sorted(model.rglob("*"))
    make_context(model, into=model.parent / "build")
    assert sorted(model.rglob("*")) == before


def test_a_second_context_replaces_the_first(model: Path) -> None:
    build = model.parent / "build"
    make_context(model, into=build)
    (model / "app" / "app.py").rename(model / "app" / "renamed.py")
    context = make_context(model, into=build)
    assert [path.name for path in (context / "app").iterdir()] == ["renamed.py"]
    assert [path.name for path in build.iterdir()] == [model.name]


def test_caches_and_version_control_stay_out(model: Path) -> None:
    for name in (".git", "__pycache__", ".venv", ".mypy_cache", ".build"):
        (model / name).mkdir()
    context = make_context(model, into=model.parent / "build")
    assert not [path for path in context.iterdir() if path.name.startswith((".", "__"))]


def test_every_file_can_be_read_by_any_user(model: Path) -> None:
    (model / "app" / "app.py").chmod(0o600)
    script = model / "app" / "run.sh"
    script.write_text("")
    script.chmod(0o700)
    context = make_context(model, into=model.parent / "build")
    assert (context / "app" / "app.py").stat().st_mode & 0o777 == 0o644
    assert (context / "app" / "run.sh").stat().st_mode & 0o777 == 0o755


def test_a_link_inside_the_directory_is_copied(model: Path) -> None:
    (model / "weights").mkdir()
    (model / "weights" / "1.bin").write_bytes(b"weights")
    (model / "app" / "weights.bin").symlink_to("../weights/1.bin")
    context = make_context(model, into=model.parent / "build")
    assert (context / "app" / "weights.bin").read_bytes() == b"weights"


def test_a_link_out_of_the_directory_is_refused_with_the_way_to_allow_it(model: Path) -> None:
    weights = model.parent / "weights.bin"
    weights.write_bytes(b"weights")
    (model / "app" / "weights.bin").symlink_to(weights)
    with pytest.raises(ContextError, match=r"CONTEXT_ALLOW=app/weights\.bin in model\.env"):
        make_context(model, into=model.parent / "build")


def test_a_link_that_is_allowed_is_copied(model: Path) -> None:
    weights = model.parent / "weights.bin"
    weights.write_bytes(b"weights")
    (model / "app" / "weights.bin").symlink_to(weights)
    context = make_context(model, into=model.parent / "build", allowed=["app/weights.bin"])
    assert (context / "app" / "weights.bin").read_bytes() == b"weights"
    assert not (context / "app" / "weights.bin").is_symlink()


def test_a_link_that_leads_nowhere_is_named(model: Path) -> None:
    (model / "app" / "gone.bin").symlink_to("nowhere")
    with pytest.raises(ContextError, match=r"gone\.bin"):
        make_context(model, into=model.parent / "build")


def test_a_link_in_a_circle_is_named(model: Path) -> None:
    (model / "app" / "again").symlink_to(model)
    with pytest.raises(ContextError, match="again"):
        make_context(model, into=model.parent / "build")


def test_links_in_a_circle_of_two_are_named(model: Path) -> None:
    for name, other in (("one", "two"), ("two", "one")):
        (model / name).mkdir()
        (model / name / "link").symlink_to(f"../{other}")
    with pytest.raises(ContextError, match="link to a folder that it lies in"):
        make_context(model, into=model.parent / "build")


def test_a_linked_directory_keeps_the_name_that_it_was_given(model: Path) -> None:
    (model.parent / "current").symlink_to(model)
    assert make_context(model.parent / "current", into=model.parent / "build").name == "current"


def test_a_pipe_is_named_instead_of_waited_for(model: Path) -> None:
    os.mkfifo(model / "app" / "pipe")
    with pytest.raises(ContextError, match="pipe"):
        make_context(model, into=model.parent / "build")


def test_a_failed_context_leaves_the_last_good_one(model: Path) -> None:
    build = model.parent / "build"
    good = make_context(model, into=build)
    (model / "app" / "gone.bin").symlink_to("nowhere")
    with pytest.raises(ContextError):
        make_context(model, into=build)
    assert (good / "app" / "app.py").is_file()
    assert [path.name for path in build.iterdir()] == [model.name]


@pytest.mark.parametrize("dockerfile", ["Dockerfile.none", "../elsewhere", "/etc/hostname"])
def test_a_dockerfile_that_is_not_there_or_outside_is_refused(model: Path, dockerfile: str) -> None:
    with pytest.raises(DockerfileError):
        make_context(model, dockerfile, into=model.parent / "build")


def test_a_file_from_elsewhere_is_in_the_context(model: Path) -> None:
    (model / "Dockerfile").write_text("FROM scratch\nCOPY files/ /x\n")
    weights = model.parent / "weights.pth"
    weights.write_bytes(b"weights")
    context = make_context(model, files=[weights], into=model.parent / "build")
    assert (context / "files" / "weights.pth").read_bytes() == b"weights"
