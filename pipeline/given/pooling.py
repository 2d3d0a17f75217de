"""The modules of sentence-transformers behind the transformer: pooling, and normalising."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import GivenError
from pipeline.given.huggingface import CONFIG, MODULES, module_folder, read_json

# Fields of older files, one for each way.
MODES = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
TAKEN = ("cls", "max", "mean", "mean_sqrt_len_tokens")
ORDERS = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])


def read_pooling(directory: Path) -> dict[str, Any]:
    """Read how a directory makes an embedding of a text's tokens.

    Raises:
        GivenError: by a module or in a way that is not taken.
    """
    modules = read_json(directory / MODULES)
    names = [str(module["type"]).rpartition(".")[2] for module in modules]
    if names not in ORDERS:
        raise GivenError(
            f"{MODULES} has {', '.join(names)}; taken are Transformer, Pooling and perhaps"
            " Normalize, in this order. Export the model to .onnx and give that file"
        )
    config = read_json(module_folder(directory, modules[1]) / CONFIG)
    pooling = _modes(config)
    for mode in pooling:
        if mode not in TAKEN:
            raise GivenError(f"pooling by {mode} is not taken, only by {', '.join(TAKEN)}")
    width = config.get("word_embedding_dimension") or config["embedding_dimension"]
    return {
        "size": width * len(pooling),
        "pooling": pooling,
        "normalize": names[-1] == "Normalize",
    }


def _modes(config: Mapping[str, Any]) -> list[str]:
    """List the ways, in the order in which sentence-transformers puts them behind each other."""
    if "pooling_mode" in config:
        said = config["pooling_mode"]
        return [said] if isinstance(said, str) else list(said)
    return [mode for field, mode in MODES.items() if config.get(field)] or ["mean"]
