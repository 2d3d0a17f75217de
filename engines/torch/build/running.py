"""Runs a model on samples, in a process that has nothing but the engine.

    python3 -m engines.torch.build.running engines.torch:Network network.so inputs outputs

The files are MessagePack: of each sample a list of tensors, each a shape and its bytes.
"""

import sys
from importlib import import_module
from pathlib import Path

import msgspec

from engines.errors import EngineError
from engines.tensor import Tensor

Raw = tuple[tuple[int, ...], bytes]


def main(engine: str, model: str, given: str, made: str) -> None:
    """Write what the model makes of the samples."""
    module, _, name = engine.partition(":")
    samples = msgspec.msgpack.decode(Path(given).read_bytes(), type=list[list[Raw]])
    try:
        loaded = getattr(import_module(module), name)(model)
        outputs = [loaded.run([Tensor(*raw) for raw in sample]) for sample in samples]
    except EngineError as error:
        sys.exit(str(error))
    Path(made).write_bytes(msgspec.msgpack.encode(outputs))


if __name__ == "__main__":
    main(*sys.argv[1:])
