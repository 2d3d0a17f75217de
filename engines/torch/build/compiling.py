"""Compiles an exported network ahead of time with PyTorch's AOTInductor."""

import json
import platform
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import torch
from torch._inductor import aoti_compile_and_package, config
from torch.export import ExportedProgram
from torch.fx.experimental.symbolic_shapes import has_free_symbols

from engines.torch.build.description import DescriptionError

# What every machine of Lambda has, not what this one has: -march, and the width of vectors in bits.
# https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html: AVX2 on x86_64, Graviton2.
MACHINES = {"x86_64": ("x86-64-v3", 256), "aarch64": ("armv8.2-a", 128)}


def package(program: ExportedProgram, path: Path, **patches: Any) -> None:
    """Write AOTInductor's package.

    Args:
        program: the network.
        path: of the file to write, ending with .pt2.
        patches: settings of torch._inductor.config, beside those here.
    """
    march, vector_bits = MACHINES[platform.machine()]
    settings = {
        "freezing": True,  # the weights are constants: batch normalisation is folded into them
        "cpp.march": march,
        "cpp.simdlen": vector_bits,
        "cpp.dynamic_threads": True,  # as many as the function has, not as this machine has
        "cpp.weight_prepack": not orders_convolutions(program),
    }
    with torch.no_grad(), config.patch({**settings, **patches}):
        aoti_compile_and_package(program, package_path=str(path))


def orders_convolutions(program: ExportedProgram) -> bool:
    """Whether a convolution's weights would be stored in the order that suits this machine.

    That is so where the sizes of its input are known. On a machine with other vector instructions
    such weights make each run three to five times slower, where weights that are put in order at
    run time cost a millisecond. Those of linear layers are as fast on either.
    """
    return any(
        "conv" in str(node.target) and not has_free_symbols(node.args[0].meta["val"].shape)
        for node in program.graph.nodes
        if node.op == "call_function"
    )


def unpack(package: Path, library: Path) -> None:
    """Copy the shared library, which is the network, out of a package.

    Raises:
        DescriptionError: the network calls operators that the C interface does not have.
    """
    with ZipFile(package) as archive:
        names = archive.namelist()
        operators = sorted({name for file in names for name in _operators(archive, file)})
        if operators:
            raise DescriptionError(
                f"the network calls {', '.join(operators)}, which PyTorch compiles for its Python"
                " package only: replace them, export the network to ONNX, or serve it with"
                " `import torch`"
            )
        (name,) = (name for name in names if name.endswith(".so"))
        library.write_bytes(archive.read(name))


def _operators(archive: ZipFile, file: str) -> list[str]:
    """The operators that a file of the package lists for the caller to run."""
    if not file.endswith(".wrapper.json"):
        return []
    nodes = json.loads(archive.read(file)).get("nodes", [])
    return [node["node"]["target"] for node in nodes]


def compile_to(program: ExportedProgram, library: Path) -> None:
    """Write the shared library of a network.

    Raises:
        DescriptionError: PyTorch cannot compile the network for its C interface.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.pt2"
        package(program, path)
        unpack(path, library)
