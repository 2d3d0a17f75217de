from pathlib import Path

import pytest

from benchmarks.suite.variants import Variant, find_variants, reason_against


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


def test_a_variant_that_needs_weights_is_measured_where_they_are_given(model: Path) -> None:
    variant = Variant(model)
    assert "WEIGHTS_FILE" in str(reason_against(variant, {}))
    assert reason_against(variant, {"WEIGHTS_FILE": "weights.pth"}) is None


def test_a_variant_that_cannot_be_built_here_is_left_out_with_the_reason(model: Path) -> None:
    assert "conda channel" in str(reason_against(Variant(model, "Dockerfile.conda"), {}))
    assert reason_against(Variant(model, "Dockerfile.onnx"), {}) is None
