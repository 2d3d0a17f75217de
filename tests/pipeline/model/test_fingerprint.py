import os
from pathlib import Path

import pytest

from pipeline.model.fingerprint import fingerprint


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "app.py").write_text("one")
    (tmp_path / "b").write_text("two")
    return tmp_path


def test_the_same_context_has_the_same_name(context: Path) -> None:
    before = fingerprint(context, ["Dockerfile"])
    (context / "b").touch()
    assert fingerprint(context, ["Dockerfile"]) == before
    assert len(before) == 16


def test_anything_that_changes_the_image_changes_the_name(context: Path) -> None:
    names = {fingerprint(context, ["Dockerfile"]), fingerprint(context, ["Dockerfile.onnx"])}
    (context / "b").write_text("Two")
    names.add(fingerprint(context, ["Dockerfile"]))
    (context / "b").chmod(0o755)
    names.add(fingerprint(context, ["Dockerfile"]))
    (context / "b").rename(context / "c")
    names.add(fingerprint(context, ["Dockerfile"]))
    (context / "empty").mkdir()
    names.add(fingerprint(context, ["Dockerfile"]))
    assert len(names) == 6


def test_facts_do_not_run_into_each_other(context: Path) -> None:
    assert fingerprint(context, ["ab", "c"]) != fingerprint(context, ["a", "bc"])


def test_a_name_that_is_not_unicode_is_no_trouble(context: Path) -> None:
    before = fingerprint(context, [])
    (context / os.fsdecode(b"\xff")).touch()
    assert fingerprint(context, []) != before


def test_what_the_build_does_not_read_changes_nothing(context: Path) -> None:
    before = fingerprint(context, [], ["README.md"])
    (context / "README.md").write_text("a word")
    (context / "app" / "README.md").write_text("another")
    assert fingerprint(context, [], ["README.md"]) != before  # the one in app/ may be in the image
    (context / "app" / "README.md").unlink()
    assert fingerprint(context, [], ["README.md"]) == before
