"""A transformer with what its card says follows it: pooled embeddings, or the chances of labels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel, AutoModelForSequenceClassification

LEAST = 1e-9  # number of tokens, for a text without any


def load(directory: Path, card: Mapping[str, Any]) -> nn.Module:
    """Load a network in float32 from its `model.safetensors`; no code of the directory is run."""
    kind = AutoModel if card["gives"] == "embeddings" else AutoModelForSequenceClassification
    # Eager attention has the fewest operators in an export, and is the fastest there.
    network = kind.from_pretrained(
        directory,
        attn_implementation="eager",
        dtype=torch.float32,
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
    )
    return Network(network, card).eval()


class Network(nn.Module):
    """Tokens in, a row of numbers for each text out."""

    def __init__(self, transformer: nn.Module, card: Mapping[str, Any]) -> None:
        """Take a transformer of `transformers`."""
        super().__init__()
        self._transformer, self._gives = transformer, card["gives"]
        self._pooling = card.get("pooling", [])
        self._normalize = card.get("normalize", False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Compute the rows; both tensors are int64 of shape (texts, tokens)."""
        given = {"input_ids": input_ids, "attention_mask": attention_mask}
        found: Tensor = self._transformer(**given, return_dict=False)[0]
        if self._gives == "embeddings":
            return self._embedding(found, attention_mask.unsqueeze(-1).to(found.dtype))
        if self._gives == "label":
            return functional.softmax(found, dim=-1)
        return torch.sigmoid(found) if self._gives == "labels" else found

    def _embedding(self, vectors: Tensor, mask: Tensor) -> Tensor:
        pooled = torch.cat([POOLING[name](vectors, mask) for name in self._pooling], dim=-1)
        return functional.normalize(pooled, dim=-1) if self._normalize else pooled


def _cls(vectors: Tensor, _: Tensor) -> Tensor:
    return vectors[:, 0]


def _max(vectors: Tensor, mask: Tensor) -> Tensor:
    return vectors.masked_fill(mask == 0, -1e9).amax(1)


def _mean(vectors: Tensor, mask: Tensor) -> Tensor:
    return (vectors * mask).sum(1) / mask.sum(1).clamp(min=LEAST)


def _mean_sqrt_len(vectors: Tensor, mask: Tensor) -> Tensor:
    return (vectors * mask).sum(1) / mask.sum(1).clamp(min=LEAST).sqrt()


POOLING = {"cls": _cls, "max": _max, "mean": _mean, "mean_sqrt_len_tokens": _mean_sqrt_len}
