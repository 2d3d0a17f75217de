"""Which model tensorflow-example's build takes."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.model_directory import REPOSITORY
from tests.shared import SHARED

SCRIPT = REPOSITORY / "tensorflow-example/model_file.py"
README = (REPOSITORY / "tensorflow-example/README.md").read_text()
CONTENT = b"\x1c\0\0\0TFL3"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def taken(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(folder / "out")],
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "own.tflite").write_bytes(CONTENT)
    return tmp_path / "own.tflite"


def test_a_file_is_taken_and_its_checksum_said(file: Path) -> None:
    for wanted in ("", DIGEST):
        ran = taken(file.parent, MODEL_FILE=str(file), MODEL_SHA256=wanted)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout == f"model: SHA-256 {DIGEST}\n"
        assert (file.parent / "out").read_bytes() == CONTENT


def test_another_file_than_was_asked_for_is_refused(file: Path) -> None:
    ran = taken(file.parent, MODEL_FILE=str(file), MODEL_SHA256="0" * 64)
    assert ran.returncode == 1
    assert f"the model should have the SHA-256 {'0' * 64}" in ran.stderr
    assert not (file.parent / "out").exists()


def test_a_download_that_is_not_the_model_of_the_readme_is_refused(file: Path) -> None:
    ran = taken(file.parent, MODEL_URL=file.as_uri())
    assert ran.returncode == 1
    (wanted,) = [line.strip() for line in README.splitlines() if len(line.strip()) == 64]
    assert f"the model should have the SHA-256 {wanted}" in ran.stderr


def test_a_download_of_one_s_own_is_taken_with_its_checksum(file: Path) -> None:
    ran = taken(file.parent, MODEL_URL=file.as_uri(), MODEL_SHA256=DIGEST)
    assert ran.returncode == 0, ran.stderr


def test_without_a_network_the_way_out_is_named(tmp_path: Path) -> None:
    ran = taken(tmp_path, MODEL_URL="http://127.0.0.1:9/model.tflite")
    assert ran.returncode == 1
    assert "Name a file that you have: MODEL_FILE=/path/to.tflite" in ran.stderr


def test_the_checksum_of_the_readme_is_that_of_the_model_that_the_tests_have() -> None:
    path = SHARED / "mobilenet_v2_1.0_224_int8.tflite"
    if not path.is_file():
        pytest.skip(f"needs {path}")
    assert hashlib.sha256(path.read_bytes()).hexdigest() in README
