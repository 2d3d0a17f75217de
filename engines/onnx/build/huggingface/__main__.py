"""Exports a Hugging Face directory to ONNX, quantised if that is asked for."""

import argparse
import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from engines.onnx.build.fusing import fuse
from engines.onnx.build.huggingface.network import load

OPEN = {0: "texts", 1: "tokens"}
SHAPE = (2, 5)  # of the example that is traced: any but 1


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="engines.onnx.build.huggingface", description=__doc__)
    parser.add_argument("directory", type=Path, help="with config.json and model.safetensors")
    parser.add_argument("card", type=Path, help="what the network gives")
    parser.add_argument("out", type=Path, help="the folder for the network")
    parser.add_argument("--precision", choices=["exact", "int8"], default="exact")
    return parser.parse_args(arguments)


def export(network: torch.nn.Module, path: Path) -> None:
    """Write a network as ONNX, for any number of texts and tokens."""
    inputs = (torch.ones(SHAPE, dtype=torch.int64), torch.ones(SHAPE, dtype=torch.int64))
    made = torch.onnx.export(
        network,
        inputs,
        input_names=["input_ids", "attention_mask"],
        output_names=["rows"],
        dynamic_shapes=(OPEN, OPEN),
        dynamo=True,
    )
    assert made is not None  # it is where no file is named
    made.save(path)


def quantize(path: Path) -> None:
    """Put the weights of matrix products into int8, a scale for each column."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    exact = path.rename(path.with_name("exact.onnx"))
    quantize_dynamic(exact, path, per_channel=True, weight_type=QuantType.QInt8)


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    options = parse(arguments)
    card: dict[str, Any] = json.loads(options.card.read_bytes())
    source = options.directory / card.get("transformer", "")
    with TemporaryDirectory() as folder, torch.no_grad():
        path = Path(folder, "network.onnx")
        export(load(source, card), path)
        if options.precision == "int8":
            quantize(path)
        options.out.mkdir(parents=True, exist_ok=True)
        fuse(path, options.out / "network.onnx")
    shutil.copy(source / "tokenizer.json", options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
