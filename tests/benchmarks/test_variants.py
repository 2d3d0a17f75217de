import json
import shutil
from pathlib import Path

import pytest

from benchmarks.suite.variants import (
    Variant,
    examples,
    find_variants,
    reason_against,
    usual_ways,
)
from pipeline.errors import PipelineError
from pipeline.model.directory import read_model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model directory with three Dockerfiles."""
    folder = tmp_path / "a-model"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\nARG WEIGHTS_FILE=\n")
    (folder / "Dockerfile.onnx").write_text("FROM scratch\n")
    (folder / "Dockerfile.conda").write_text("FROM scratch\n")
    return folder


def test_every_dockerfile_of_a_directory_is_a_variant_and_the_floor_comes_first(
    model: Path,
) -> None:
    found = [variant.name for variant in find_variants([model])]
    assert found == ["floor", "a-model", "a-model-conda", "a-model-onnx"]


@pytest.mark.parametrize("variant", find_variants([*examples(), *usual_ways()]), ids=str)
def test_what_a_whole_run_builds_has_a_context(variant: Variant, tmp_path: Path) -> None:
    context = read_model(variant.directory, variant.dockerfile, {}).make_context(tmp_path)
    assert (context / variant.dockerfile).is_file()


@pytest.mark.parametrize("name", ["WEIGHTS_FILE", "MODEL_FILE"])
def test_a_variant_that_needs_weights_is_measured_where_they_are_given(
    name: str, model: Path
) -> None:
    variant = Variant(model)
    (model / "Dockerfile").write_text(f"FROM scratch\nARG {name}=\n")
    assert name in str(reason_against(variant, {}, is_quick=False))
    assert reason_against(variant, {name: "weights"}, is_quick=False) is None


def test_a_variant_that_cannot_be_built_here_is_left_out_with_the_reason(model: Path) -> None:
    conda, onnx = Variant(model, "Dockerfile.conda"), Variant(model, "Dockerfile.onnx")
    for is_quick in (True, False):
        assert "conda channel" in str(reason_against(conda, {}, is_quick))
        assert reason_against(onnx, {}, is_quick) is None


def test_what_takes_minutes_to_build_is_left_out_of_a_quick_run(model: Path) -> None:
    source = Variant(model, "Dockerfile.source")
    (model / source.dockerfile).write_text("FROM scratch\n")
    assert "minutes" in str(reason_against(source, {}, is_quick=True))
    assert reason_against(source, {}, is_quick=False) is None


def test_the_usual_ways_answer_the_examples_that_the_models_answer() -> None:
    ways = {way.name: way for way in usual_ways()}
    # The model of texts is no example: its directory is made by benchmarks.given.
    texts = ways.pop("sentence-transformers")
    assert set(json.loads((texts / "example.json").read_text())["answer"]) == {"embeddings"}
    assert len(ways) == 5
    for way in ways.values():
        assert (way / "example.json").resolve().parent in examples()


def test_a_directory_that_is_not_there_or_has_no_dockerfile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"there is no directory .*nowhere"):
        find_variants([tmp_path / "nowhere"])
    with pytest.raises(PipelineError, match="has no Dockerfile"):
        find_variants([tmp_path])


def test_two_directories_of_one_name_are_refused(model: Path, tmp_path: Path) -> None:
    shutil.copytree(model, tmp_path / "elsewhere" / "a-model")
    with pytest.raises(PipelineError, match="two variants are called a-model"):
        find_variants([model, tmp_path / "elsewhere" / "a-model"])


def test_what_only_looks_like_a_dockerfile_is_no_variant(model: Path) -> None:
    for name in ("Dockerfile.onnx.dockerignore", "Dockerfile.dockerignore", "Dockerfile~"):
        (model / name).touch()
    assert len(find_variants([model])) == 4


def test_an_image_has_a_name_that_the_engine_takes_whatever_the_directory_s(tmp_path: Path) -> None:
    assert Variant(tmp_path / "My Model", "Dockerfile.onnx").image == "lambda-bench/my-model-onnx"
