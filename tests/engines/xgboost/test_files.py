"""Files and runs that are refused, with what is said of them."""

import pickle
from pathlib import Path

import pytest
import xgboost

from engines import tabular
from engines.errors import ModelError, RunError
from engines.tensor import Tensor
from engines.xgboost import Booster

from ..running import run, run_alone
from ..tables import COLUMNS, rows
from .models import of_objective

MODEL = of_objective("binary:logistic")
UBJ, JSON = (bytes(MODEL.save_raw(raw_format=form)) for form in ("ubj", "json"))


def refusal(path: Path, content: bytes) -> str:
    """What is said of a file."""
    path.write_bytes(content)
    with pytest.raises(ModelError) as error:
        Booster(path)
    message = str(error.value)
    assert message.startswith(path.name) and "Stack trace" not in message
    return message


FILES = {
    "an empty file": ("model.ubj", b""),
    "one brace": ("model.ubj", b"{"),
    "text": ("model.json", b"not a model"),
    "a web page": ("model.ubj", b"<!DOCTYPE html><title>404</title>"),
    "a pickle": ("model.ubj", pickle.dumps({"a": 1})),
    "a pointer of Git LFS": ("model.ubj", b"version https://git-lfs.github.com/spec/v1\n"),
    "other JSON": ("model.json", b'{"a": [1, 2]}'),
    "an empty object": ("model.json", b"{}"),
    "LightGBM's text": ("model.json", b"tree\nversion=v4\n"),
    "an ONNX file": ("model.ubj", b"\x08\x08\x12\x04test"),
    "JSON called UBJSON": ("model.ubj", JSON),
    "UBJSON called JSON": ("model.json", UBJ),
    "a suffix that XGBoost would guess at": ("model.bin", UBJ),
}


@pytest.mark.parametrize(("name", "content"), FILES.values(), ids=FILES)
def test_what_is_not_a_model_of_xgboost_is_refused(
    tmp_path: Path, name: str, content: bytes
) -> None:
    refusal(tmp_path / name, content)


def test_a_file_that_is_missing_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^absent\.ubj is missing$"):
        Booster(tmp_path / "absent.ubj")


@pytest.mark.parametrize("form", ["ubj", "json"])
def test_a_file_that_is_cut_anywhere_is_refused(tmp_path: Path, form: str) -> None:
    content = {"ubj": UBJ, "json": JSON}[form]
    for length in {*range(0, len(content), 97), *range(len(content) - 20, len(content))}:
        refusal(tmp_path / f"model.{form}", content[:length])


def test_a_cut_file_is_named_as_one(tmp_path: Path) -> None:
    assert "is cut short" in refusal(tmp_path / "model.ubj", UBJ[:-1])


def test_an_objective_that_the_library_does_not_have_is_named(tmp_path: Path) -> None:
    changed = JSON.replace(b"binary:logistic", b"custom:mine")
    assert "custom:mine" in refusal(tmp_path / "model.json", changed)


def test_another_booster_than_trees_and_lines_is_named(tmp_path: Path) -> None:
    changed = JSON.replace(b'"gbtree"', b'"forest"')
    assert "forest" in refusal(tmp_path / "model.json", changed)


@pytest.fixture
def engine(tmp_path: Path) -> Booster:
    (tmp_path / "model.ubj").write_bytes(UBJ)
    return Booster(tmp_path / "model.ubj", threads=1)


@pytest.mark.parametrize(
    "tensor",
    [
        Tensor((1, COLUMNS - 1), bytes(4 * (COLUMNS - 1))),
        Tensor((1, COLUMNS + 1), bytes(4 * (COLUMNS + 1))),
        Tensor((COLUMNS,), bytes(4 * COLUMNS)),
        Tensor((1, 1, COLUMNS), bytes(4 * COLUMNS)),
        Tensor((-1, COLUMNS), b""),
        Tensor((2, COLUMNS), bytes(4 * COLUMNS)),
        Tensor((1, COLUMNS), bytes(8 * COLUMNS)),
        Tensor((1, COLUMNS), ["a"] * COLUMNS),
    ],
)
def test_another_shape_than_the_model_s_is_refused(engine: Booster, tensor: Tensor) -> None:
    with pytest.raises(RunError, match=r"^rows "):
        engine.run([tensor])


def test_other_than_one_tensor_is_refused(engine: Booster) -> None:
    tensor = Tensor((1, COLUMNS), bytes(4 * COLUMNS))
    for tensors in ([], [tensor, tensor]):
        with pytest.raises(RunError, match="one tensor, rows, got"):
            engine.run(tensors)


def test_an_answer_outlives_the_next_one(engine: Booster) -> None:
    first = run(engine, rows(5, missing=False))
    kept = first.copy()
    run(engine, rows(5, missing=False, seed=1))
    assert first.tobytes() == kept.tobytes()


def test_the_library_is_that_of_the_python_package_where_there_is_one() -> None:
    (wheel,) = Path(xgboost.__file__).parent.glob("lib/libxgboost.*")
    assert tabular.library_file("xgboost", "libxgboost") == str(wheel)


def test_without_the_python_package_the_library_is_where_conda_has_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    library = tmp_path / "lib/libxgboost.so"
    library.parent.mkdir()
    library.touch()
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    assert tabular.library_file("xgboost", "libxgboost") == str(library)
    with pytest.raises(ModelError, match=r"xgboost cannot be loaded: .*: file too short"):
        tabular.load_library("xgboost", "libxgboost")


def test_without_xgboost_the_error_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    with pytest.raises(ModelError, match="xgboost is not installed: pip install -r requirements"):
        tabular.load_library("xgboost", "libxgboost")


def test_nothing_is_printed_by_loading_and_running(tmp_path: Path) -> None:
    (tmp_path / "model.ubj").write_bytes(UBJ)
    program = f"""
from engines.xgboost import Booster
Booster(sys.argv[1]).run([Tensor((1, {COLUMNS}), bytes({4 * COLUMNS}))])"""
    assert run_alone(tmp_path, program, tmp_path / "model.ubj") == ""
