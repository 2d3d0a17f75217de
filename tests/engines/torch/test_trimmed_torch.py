"""PyTorch's library, trimmed as an image's is, under networks of many kinds."""

import shutil
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from engines.torch.build import answers, constructors, sampling, trimming
from engines.torch.build.description import Described, Input
from tests.engines.torch.compiled import Compiled, compile_into

CONSTRUCTORS_DROPPED = 70  # of the 376 of PyTorch 2.13, x86_64 and aarch64 alike
ENGINE = "engines.torch:Network"


class Choices(nn.Module):
    """Operators whose results depend on what is there: places, masks, ranks, a spectrum."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(8, 16)

    def forward(self, images: Tensor) -> Tensor:
        """Shape (n, 3, 8, 8) to (n, 16)."""
        flat = images.flatten(1)
        places = (flat > 0).nonzero().float().mean()
        ranked = flat.kthvalue(5, 1).values + flat.cummax(1).values[:, -1] + flat[flat > 1].sum()
        best = flat.topk(16).indices % 8
        spectrum = torch.fft.fft2(images).abs().mean((1, 2, 3))
        chosen: Tensor = self.table(best).mean(1) + flat.sort(1).values[:, :16]
        chosen += places + (ranked + spectrum)[:, None]
        return chosen


@pytest.fixture(scope="module")
def trimmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages whose torch is trimmed."""
    folder = tmp_path_factory.mktemp("trimmed")
    libraries = folder / "torch" / "lib"
    libraries.mkdir(parents=True)
    for path in trimming.libraries(Path(torch.__file__).parent / "lib" / "libtorch_cpu.so"):
        if "torch" in path.parts:
            shutil.copy(path, libraries)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(constructors, "drop", dropped_as_in_2_13)
        trimming.trim(folder)
    return folder


def dropped_as_in_2_13(library: Path, drop: object = constructors.drop) -> list[str]:
    """Drops constructors, and holds how many."""
    assert callable(drop)
    names: list[str] = drop(library)
    assert len(names) == CONSTRUCTORS_DROPPED
    return names


def check(compiled: Compiled, packages: Path) -> None:
    """Ends the test where the trimmed library computes something else than PyTorch."""
    answers.check(sampling.answers(compiled.described), ENGINE, compiled.path, packages)


def test_of_torch_the_libraries_that_are_loaded_are_left(trimmed: Path) -> None:
    left = {path.name for path in trimmed.rglob("*") if path.is_file()}
    assert left == {"libtorch_cpu.so", "libc10.so", "libgomp.so.1"}


def test_layers_compute_the_same_with_the_trimmed_library(layers: Compiled, trimmed: Path) -> None:
    check(layers, trimmed)


def test_every_kind_and_shape_is_the_same_with_the_trimmed_library(
    kinds: Compiled, shapes: Compiled, trimmed: Path
) -> None:
    check(kinds, trimmed)
    check(shapes, trimmed)


def test_operators_that_pytorch_s_library_runs_are_the_same_with_the_trimmed_one(
    tmp_path: Path, trimmed: Path
) -> None:
    images = {"images": Input(torch.float32, ("n", 3, 8, 8))}
    described = Described(Choices().eval(), images, ["chosen"], {"n": (1, 4)})
    check(compile_into(tmp_path, described), trimmed)
