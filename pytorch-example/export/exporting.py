"""Exports a trained network as ONNX, and refuses it where the image would answer otherwise."""

import base64
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from export.card import write_card
from export.trained import Percentages, Trained

MOST_POINTS_APART = 0.5
LABELS_COMPARED = 5
WEIGHTS = "network.weights"  # beside network.onnx
EXAMPLE = Path(__file__).parent.parent / "example.json"


class ExportError(Exception):
    """The exported network answers otherwise; the message says how far off it is."""


def write(trained: Trained, destination: Path) -> None:
    """Writes network.onnx, network.weights and card.json, which app/model.py loads.

    It does so with variants/onnx/engine.py.

    Args:
        trained: the network, its labels and its sizes.
        destination: a folder that is there.
    """
    pixels = torch.zeros((1, trained.side, trained.side, 3), dtype=torch.uint8)
    model = Percentages(trained).eval()
    program = torch.onnx.export(model, (pixels,), input_names=["pixels"], output_names=["percent"])
    assert program is not None  # it is where no file is named
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        program.save(path)
        _fuse(path, destination / "network.onnx")
    write_card(trained, destination)


def _fuse(path: Path, fused: Path) -> None:
    """Does at build what ONNX Runtime would do at each start, as far as it suits any processor.

    The weights go into a file of their own, which is mapped into memory instead of copied.

    Source: https://onnxruntime.ai/docs/performance/model-optimizations/graph-optimizations.html
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when it is imported
    import onnxruntime  # needs numpy, which nothing else of this module does

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(fused)
    external = "session.optimized_model_external_initializers_"
    options.add_session_config_entry(f"{external}file_name", WEIGHTS)
    options.add_session_config_entry(f"{external}min_size_in_bytes", "1024")
    onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def images(trained: Trained) -> Iterator[tuple[str, bytes]]:
    """What is compared: noise, plain colours, a gradient, the example's photograph if it has one.

    Yields:
        a name, and pixels of shape (side, side, 3), uint8, RGB.
    """
    side = trained.side
    count = 3 * side * side
    for seed in range(4):
        yield f"noise {seed}", random.Random(seed).randbytes(count)
    yield "black", bytes(count)
    yield "white", b"\xff" * count
    yield "a gradient", bytes(256 * index // count for index in range(count))
    photograph = json.loads(EXAMPLE.read_text())["request"].get("input_image")
    if photograph:
        from serving.photographs import pixels

        yield "the example", pixels(base64.b64decode(photograph), trained.resize, side)


def check(trained: Trained, destination: Path) -> None:
    """Compares what the image's modules predict with what PyTorch does, line by line.

    Raises:
        ExportError: the likeliest labels differ, or a percentage is too far off.
    """
    from model import load  # with the engine that is on sys.path

    served = load(destination)
    forward = Percentages(trained).eval()
    for name, pixels in images(trained):
        image = torch.frombuffer(bytearray(pixels), dtype=torch.uint8)
        with torch.inference_mode():
            native = forward(image.view(1, trained.side, trained.side, 3))[0].tolist()
        compare(name, native, served.predict(pixels))


def compare(name: str, native: list[float], served: list[float]) -> float:
    """Compares two predictions of an image, in percent.

    Returns:
        the largest difference, in points.

    Raises:
        ExportError: they differ too much; the message has the image's name.
    """
    apart = max(abs(a - b) for a, b in zip(native, served, strict=True))
    if not apart <= MOST_POINTS_APART or _likeliest(native) != _likeliest(served):
        raise ExportError(
            f"{name}: PyTorch and ONNX Runtime are {apart:.2g} points apart, and find the classes"
            f" {_likeliest(native)} and {_likeliest(served)}: build from Dockerfile instead"
        )
    print(f"{name}: ONNX Runtime is within {apart:.1g} points of PyTorch")
    return apart


def _likeliest(percents: list[float]) -> list[int]:
    order = sorted(range(len(percents)), key=percents.__getitem__, reverse=True)
    return order[:LABELS_COMPARED]
