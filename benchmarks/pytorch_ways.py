"""The ways to run pytorch-example's network that pytorch_engines.py compares, and their files."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
MODEL = REPOSITORY / "pytorch-example"
SIDE = 224
Runner = Callable[[bytes], list[float]]


def load_eager(folder: Path, threads: int, channels_last: bool = False) -> Runner:
    """PyTorch as one would write it, the weights from their file."""
    import torch

    sys.path.insert(0, str(MODEL))
    from network.mobilenet import MobileNetV2
    from network.photographs import IMAGENET_DEVIATION, IMAGENET_MEAN, Percentages

    network = MobileNetV2(1000)
    network.load_state_dict(torch.load(folder / "weights.pth", weights_only=True))
    model = Percentages(network, SIDE, IMAGENET_MEAN, IMAGENET_DEVIATION).eval()
    if channels_last:
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return _runner_of(model, threads)


def load_channels_last(folder: Path, threads: int) -> Runner:
    """The same, with the channels of a pixel side by side in memory."""
    return load_eager(folder, threads, channels_last=True)


def load_torchscript(folder: Path, threads: int) -> Runner:
    """A frozen TorchScript file."""
    import torch

    return _runner_of(torch.jit.load(folder / "frozen.pt"), threads)  # type: ignore[no-untyped-call]


def load_package(folder: Path, threads: int) -> Runner:
    """AOTInductor's package, through PyTorch's Python package."""
    import torch

    path = str(folder / "plain" / "network.pt2")
    loader = torch._C._aoti.AOTIModelPackageLoader(path, "model", False, 1, -1)
    return _runner_of(lambda pixels: loader.run([pixels])[0], threads)


def load_compiled(folder: Path, threads: int, variant: str = "plain") -> Runner:
    """The same network through PyTorch's C interface."""
    from engines.tensor import Tensor, nested
    from engines.torch import Network

    network = Network(folder / variant / "network.so", threads)
    kind = network.outputs[0].kind

    def run(pixels: bytes) -> list[float]:
        numbers: list[float] = nested(kind, network.run([Tensor((1, SIDE, SIDE, 3), pixels)])[0])[0]
        return numbers

    return run


def load_shipped(folder: Path, threads: int) -> Runner:
    """The same with the library as the image has it: see engines/torch/build/constructors.py."""
    sys.path.insert(0, str(folder / "trimmed"))
    return load_compiled(folder, threads)


def load_packed(folder: Path, threads: int) -> Runner:
    """The same, its weights stored in the order that suits the machine that compiled it."""
    return load_compiled(folder, threads, variant="packed")


ENGINES: dict[str, Callable[[Path, int], Runner]] = {
    "eager": load_eager,
    "eager, channels last": load_channels_last,
    "TorchScript, frozen": load_torchscript,
    "AOTInductor, `import torch`": load_package,
    "AOTInductor, C interface": load_compiled,
    "**the same, constructors dropped**": load_shipped,
    "the same, AVX2 only": load_shipped,
    "AOTInductor, C interface, weights ordered for this processor": load_packed,
    "these weights, AVX2 only": load_packed,
}


def _runner_of(model: Any, threads: int) -> Runner:
    import torch

    torch.set_num_threads(threads)

    def run(pixels: bytes) -> list[float]:
        image = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(1, SIDE, SIDE, 3)
        with torch.inference_mode():
            numbers: list[float] = model(image)[0].tolist()
        return numbers

    return run


def prepare(variant: str, weights: Path, folder: Path) -> None:
    """Make the files of some engines, in a process of their own: PyTorch remembers settings.

    Args:
        variant: plain, for all engines but those with packed weights, or packed, for those.
        weights: a `state_dict` of MobileNetV2.
        folder: of the files.
    """
    sys.path.insert(0, str(MODEL))
    from network.pretrained import imagenet

    described = imagenet(str(weights))
    made = folder / variant
    made.mkdir()
    if variant == "packed":
        _compile_packed(described, made)
        return
    _compile(described, made)
    _freeze(described.network, folder / "frozen.pt")
    (folder / "weights.pth").write_bytes(weights.read_bytes())
    _drop_constructors(folder / "trimmed" / "torch")


def _compile(described: Any, folder: Path, **settings: Any) -> None:
    from engines.torch.build import compiling, exporting
    from engines.torch.card import write_card

    program = exporting.exported(described)
    compiling.package(program, folder / "network.pt2", **settings)
    compiling.unpack(folder / "network.pt2", folder / "network.so")
    write_card(exporting.card(described, program), folder / "network.so")


def _compile_packed(described: Any, folder: Path) -> None:
    """With a known number of photographs: else no convolution's weights are ordered."""
    from dataclasses import replace

    import torch

    from engines.torch.build.description import Input

    one = Input(torch.uint8, (1, SIDE, SIDE, 3))
    fixed = replace(described, inputs={"pixels": one}, open_sizes={})
    _compile(fixed, folder, **{"cpp.weight_prepack": True})


def _freeze(network: Any, path: Path) -> None:
    import torch

    pixels = torch.zeros((1, SIDE, SIDE, 3), dtype=torch.uint8)
    with torch.no_grad():
        traced = torch.jit.trace(network, pixels)  # type: ignore[no-untyped-call]
        torch.jit.freeze(traced.eval()).save(path)


def _drop_constructors(package: Path) -> None:
    import shutil

    import torch

    from engines.torch.build import constructors

    libraries = shutil.copytree(Path(torch.__file__).with_name("lib"), package / "lib")
    constructors.drop(Path(libraries) / "libtorch_cpu.so")
    (package / "__init__.py").touch()
