"""Files and runs that are refused, with what is said of them."""

import pickle
import re
import subprocess
from pathlib import Path

import lightgbm
import numpy as np
import pytest

from engines.errors import ModelError, RunError
from engines.lightgbm import Booster
from engines.tensor import Tensor

from ..running import run, run_alone
from ..tables import COLUMNS, rows
from .models import of_objective

TEXT = of_objective("multiclass").model_to_string().encode()
UNSIZED = re.sub(rb"tree_sizes=.*\n", b"", TEXT)


def refusal(path: Path, content: bytes) -> str:
    """What is said of a file."""
    path.write_bytes(content)
    with pytest.raises(ModelError) as error:
        Booster(path)
    message = str(error.value)
    assert message.startswith(path.name)
    return message


FILES = {
    "an empty file": b"",
    "text": b"not a model",
    "a web page": b"<!DOCTYPE html><title>404</title>",
    "a pickle": pickle.dumps({"a": 1}),
    "a pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\n",
    "the model as JSON": b'{"name": "tree", "version": "v4"}',
    "XGBoost's UBJSON": b"{L\0\0\0\0\0\0\0\7learner{",
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_what_is_not_a_model_of_lightgbm_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "is not a model of LightGBM" in refusal(tmp_path / "model.txt", content)


def test_a_file_that_is_missing_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^absent\.txt is missing$"):
        Booster(tmp_path / "absent.txt")


def test_a_model_that_is_cut_before_its_parameters_end_is_refused(tmp_path: Path) -> None:
    end = TEXT.index(b"end of parameters\n")
    for length in {*range(5, end, 61), *range(end - 30, end + 18)}:
        assert "is cut short" in refusal(tmp_path / "model.txt", TEXT[:length])


def test_a_tree_that_is_missing_or_longer_is_noticed(tmp_path: Path) -> None:
    second, third = TEXT.index(b"Tree=1\n"), TEXT.index(b"Tree=2\n")
    changed = [
        TEXT[:second] + TEXT[third:],
        TEXT[:second] + b"\n" + TEXT[second:],
        TEXT.replace(b"tree_sizes=", b"tree_sizes=x "),
        UNSIZED[: UNSIZED.index(b"Tree=1\n")] + UNSIZED[UNSIZED.index(b"Tree=2\n") :],
        UNSIZED.replace(b"Tree=1\n", b"Tree=2\n"),
        UNSIZED.replace(b"\nTree=0\n", b"\nx\nTree=0\n"),
        UNSIZED.replace(b"end of trees\n", b""),
        TEXT.replace(b"\n", b"\r\n"),
        TEXT.replace(b"Tree=1\n", b"Tree=\0\n"),
    ]
    for content in changed:
        assert "was changed" in refusal(tmp_path / "model.txt", content)


def test_a_file_without_the_sizes_of_its_trees_answers_as_the_whole_one(tmp_path: Path) -> None:
    assert len(UNSIZED) < len(TEXT)
    (tmp_path / "model.txt").write_bytes(UNSIZED)
    given = rows(50, missing=True)
    expected = lightgbm.Booster(model_str=TEXT.decode()).predict(given)
    assert run(Booster(tmp_path / "model.txt"), given).tobytes() == np.asarray(expected).tobytes()


def test_the_ends_of_lines_of_windows_are_named_with_the_way_back(tmp_path: Path) -> None:
    said = refusal(tmp_path / "model.txt", TEXT.replace(b"\n", b"\r\n"))
    command = said.rpartition("take them back: ")[2]
    subprocess.run(["bash", "-c", command], check=True, cwd=tmp_path)
    assert (tmp_path / "model.txt").read_bytes() == TEXT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"feature_names=", b"names="),
        (b"feature_infos=", b"infos="),
        (b"num_class=3", b"num_class=x"),
        (b"feature_names=Column_0", b"feature_names=\xff"),
    ],
)
def test_a_header_that_cannot_be_read_is_refused(tmp_path: Path, old: bytes, new: bytes) -> None:
    assert TEXT.count(old) == 1
    refusal(tmp_path / "model.txt", TEXT.replace(old, new))


def test_an_objective_that_the_library_does_not_have_is_named(tmp_path: Path) -> None:
    changed = TEXT.replace(b"objective=multiclass ", b"objective=mine_alone ")
    assert "mine_alone" in refusal(tmp_path / "model.txt", changed)


@pytest.fixture
def engine(tmp_path: Path) -> Booster:
    (tmp_path / "model.txt").write_bytes(TEXT)
    return Booster(tmp_path / "model.txt", threads=1)


def test_another_number_of_columns_is_refused(engine: Booster) -> None:
    for columns in (COLUMNS - 1, COLUMNS + 1):
        with pytest.raises(RunError, match=r"^rows is float64 of shape \[N, 6\], got the shape "):
            engine.run([Tensor((1, columns), bytes(8 * columns))])


def test_bytes_of_another_type_are_refused(engine: Booster) -> None:
    with pytest.raises(RunError, match="is 48 bytes of float64"):
        engine.run([Tensor((1, COLUMNS), bytes(4 * COLUMNS))])


def test_an_answer_outlives_the_next_one(engine: Booster) -> None:
    first = run(engine, rows(5, missing=False))
    kept = first.copy()
    run(engine, rows(5, missing=False, seed=1))
    assert first.tobytes() == kept.tobytes()


def test_a_library_that_it_needs_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "model.txt").write_bytes(TEXT)

    def absent(path: str) -> None:
        raise OSError("libgomp.so.1: cannot open shared object file")

    monkeypatch.setattr("ctypes.CDLL", absent)
    with pytest.raises(ModelError, match=r"libgomp\.so\.1: .* \(libgomp\.so\.1 is in libgomp1\)"):
        Booster(tmp_path / "model.txt")


def test_nothing_is_printed_by_loading_and_running(tmp_path: Path) -> None:
    (tmp_path / "model.txt").write_bytes(TEXT)
    program = f"""
from engines.lightgbm import Booster
Booster(sys.argv[1]).run([Tensor((1, {COLUMNS}), bytes({8 * COLUMNS}))])"""
    assert run_alone(tmp_path, program, tmp_path / "model.txt") == ""


def of_version_2() -> bytes:
    """The model as LightGBM 2 would have begun it, and with no parameters at its end."""
    return TEXT.replace(b"version=v4", b"version=v2", 1)


def test_a_file_of_lightgbm_2_is_refused_with_the_line_that_converts_it(tmp_path: Path) -> None:
    said = refusal(tmp_path / "model.txt", of_version_2())
    assert "is of LightGBM 2" in said and "Booster(model_file='model.txt').save_model" in said


def test_a_model_that_was_converted_from_one_is_served(tmp_path: Path) -> None:
    start, end = TEXT.index(b"\nparameters:"), TEXT.index(b"\nend of parameters\n")
    without = TEXT[:start] + TEXT[end + len(b"\nend of parameters\n") :]
    (tmp_path / "model.txt").write_bytes(without)
    (tmp_path / "whole.txt").write_bytes(TEXT)
    table = rows(9, missing=True)
    given = [run(Booster(tmp_path / name), table) for name in ("model.txt", "whole.txt")]
    assert given[0].tobytes() == given[1].tobytes()
    assert "cut short" in refusal(tmp_path / "cut.txt", without[: without.rindex(b"pandas")])
