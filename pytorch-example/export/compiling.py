"""Compiles a network ahead of time with PyTorch's AOTInductor."""

import platform
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import torch
from torch import Tensor
from torch._inductor import aoti_compile_and_package, config
from torch.export import Dim, ExportedProgram, export

from export.card import write_card
from export.trained import Percentages, Trained

# What every machine of Lambda has, not what this one has: -march, and the width of vectors in bits.
# https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html: AVX2 on x86_64, Graviton2.
MACHINES = {"x86_64": ("x86-64-v3", 256), "aarch64": ("armv8.2-a", 128)}
MOST_IMAGES = 16


def package(trained: Trained, path: Path, images: int | None = None) -> None:
    """Writes AOTInductor's package.

    Args:
        trained: the network.
        path: of the file to write, ending with .pt2.
        images: the number of photographs of a run; None for any. The network is run with one, yet
            the number is better left open: were it known, AOTInductor would store the weights in
            the order that oneDNN likes best on the machine that compiles. On one with other vector
            instructions that makes each run four times slower, where weights that are put in
            order at run time cost a millisecond.
    """
    march, vector_bits = MACHINES[platform.machine()]
    patches = {
        "freezing": True,  # the weights are constants: batch normalisation is folded into them
        "cpp.march": march,
        "cpp.simdlen": vector_bits,
        "cpp.dynamic_threads": True,  # as many as the function has, not as this machine has
    }
    with torch.no_grad(), config.patch(patches):
        aoti_compile_and_package(_traced(trained, images), package_path=str(path))


def _traced(trained: Trained, images: int | None) -> ExportedProgram:
    open_number = ({0: Dim("n", min=1, max=MOST_IMAGES)},)
    pixels = torch.zeros((images or 2, trained.side, trained.side, 3), dtype=torch.uint8)
    model = Percentages(trained).eval()
    return export(model, (pixels,), dynamic_shapes=None if images else open_number)


def unpack(package: Path, library: Path) -> None:
    """Copies the shared library, which is the network, out of a package."""
    with ZipFile(package) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".so"))
        library.write_bytes(archive.read(name))


def write(trained: Trained, destination: Path) -> None:
    """Writes network.so and card.json, which app/model.py loads.

    Args:
        trained: the network, its labels and its sizes.
        destination: a folder that is there.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.pt2"
        package(trained, path)
        unpack(path, destination / "network.so")
    write_card(trained, destination)


def percentages(trained: Trained, pixels: Tensor) -> Tensor:
    """What the network says without being compiled: the measure of the compiled one.

    Args:
        trained: the network.
        pixels: shape (N, side, side, 3), uint8, RGB.

    Returns:
        shape (N, classes), percent.
    """
    with torch.inference_mode():
        answer: Tensor = Percentages(trained).eval()(pixels)
    return answer
