"""transformers' own package: what it answers to a text, asked alone and without padding.

What follows the transformer is read from the directory's own files here, not from the card.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer, pipeline

Array = Any  # np.ndarray, of float64
POOLING: dict[str, Callable[[Array], Array]] = {
    "cls": lambda vectors: vectors[0],
    "max": lambda vectors: vectors.max(axis=0),
    "mean": lambda vectors: vectors.mean(axis=0),
    "mean_sqrt_len_tokens": lambda vectors: vectors.sum(axis=0) / np.sqrt(len(vectors)),
}
LEGACY = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
}


class Embedder:
    """A directory of sentence-transformers."""

    def __init__(self, directory: Path, lowercase: bool) -> None:
        """Load its first module, and read the others."""
        modules = json.loads((directory / "modules.json").read_bytes())
        first, pooling, *others = modules
        folder = directory / first["path"]
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._model = AutoModel.from_pretrained(
            folder, local_files_only=True, dtype=torch.float32
        ).eval()
        self._pooling = _pooling(directory / pooling["path"] / "config.json")
        self._normalizes = any(other["type"].endswith("Normalize") for other in others)
        self._lowercase = lowercase

    def count(self, text: str) -> int:
        """Count the tokens of a text."""
        return len(self._tokenizer(self._cased(text))["input_ids"])

    def row(self, text: str) -> list[float]:
        """Embed a text."""
        with torch.no_grad():
            given = self._tokenizer(self._cased(text), return_tensors="pt")
            vectors = self._model(**given).last_hidden_state[0].double().numpy()
        pooled = np.concatenate([POOLING[name](vectors) for name in self._pooling])
        row: list[float] = pooled.tolist()
        if self._normalizes:
            row = (pooled / np.linalg.norm(pooled)).tolist()
        return row

    def _cased(self, text: str) -> str:
        return text.lower() if self._lowercase else text


class Classifier:
    """A directory with a head that classifies, by transformers' pipeline."""

    def __init__(self, directory: Path, lowercase: bool) -> None:
        """Load it."""
        self._pipeline: Any = pipeline("text-classification", model=str(directory), top_k=None)
        self._names = self._pipeline.model.config.id2label
        self._lowercase = lowercase

    def count(self, text: str) -> int:
        """Count the tokens of a text."""
        return len(self._pipeline.tokenizer(text)["input_ids"])

    def row(self, text: str) -> list[float]:
        """List what the labels get, in the order of their numbers."""
        (found,) = self._pipeline([text.lower() if self._lowercase else text])
        scores = {one["label"]: one["score"] for one in found}
        return [scores[self._names[number]] for number in sorted(self._names)]


def load(directory: Path, lowercase: bool) -> Embedder | Classifier:
    """Load a directory by what it is."""
    torch.set_num_threads(1)  # texts come one by one: more threads would wait for each other
    if (directory / "modules.json").exists():
        return Embedder(directory, lowercase)
    return Classifier(directory, lowercase)


def _pooling(path: Path) -> list[str]:
    config = json.loads(path.read_bytes())
    said = config.get("pooling_mode", [name for key, name in LEGACY.items() if config.get(key)])
    return [said] if isinstance(said, str) else list(said)
