"""A small BERT that classifies, with random weights, as transformers would save it; without it."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.apps.text.models import WORDS, tokenizer

WIDTH, INNER, LAYERS, POSITIONS, LABELS = 32, 64, 2, 64, ("joy", "anger", "fear")
CONFIG: dict[str, Any] = {
    "architectures": ["BertForSequenceClassification"],
    "model_type": "bert",
    "vocab_size": len(WORDS),
    "hidden_size": WIDTH,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
    "intermediate_size": INNER,
    "max_position_embeddings": POSITIONS,
    "type_vocab_size": 2,
    "pad_token_id": 0,
    "id2label": {str(number): name for number, name in enumerate(LABELS)},
    "label2id": {name: number for number, name in enumerate(LABELS)},
}
TOKENIZER = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "model_max_length": POSITIONS,
}


def write_classifier(folder: Path, **config: Any) -> Path:
    """Write the directory; `config` changes its config.json."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({**CONFIG, **config}))
    (folder / "tokenizer_config.json").write_text(json.dumps(TOKENIZER))
    tokenizer().save(str(folder / "tokenizer.json"))
    _write_safetensors(folder / "model.safetensors", dict(_tensors()))
    return folder


def _tensors() -> Iterator[tuple[str, Any]]:
    chance = np.random.default_rng(0)
    for name, shape in _shapes():
        scale = 0.02 if name.endswith("bias") else 0.3
        centre = 1.0 if name.endswith("LayerNorm.weight") else 0.0
        yield name, (centre + scale * chance.normal(size=shape)).astype("<f4")


def _shapes() -> Iterator[tuple[str, tuple[int, ...]]]:
    embeddings = "bert.embeddings"
    rows = {"word": len(WORDS), "position": POSITIONS, "token_type": 2}
    for kind, count in rows.items():
        yield f"{embeddings}.{kind}_embeddings.weight", (count, WIDTH)
    yield from _norm(f"{embeddings}.LayerNorm")
    for number in range(LAYERS):
        layer = f"bert.encoder.layer.{number}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            yield from _dense(f"{layer}.attention.{part}", WIDTH, WIDTH)
        yield from _norm(f"{layer}.attention.output.LayerNorm")
        yield from _dense(f"{layer}.intermediate.dense", INNER, WIDTH)
        yield from _dense(f"{layer}.output.dense", WIDTH, INNER)
        yield from _norm(f"{layer}.output.LayerNorm")
    yield from _dense("bert.pooler.dense", WIDTH, WIDTH)
    yield from _dense("classifier", len(LABELS), WIDTH)


def _dense(name: str, out: int, into: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (out, into)
    yield f"{name}.bias", (out,)


def _norm(name: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (WIDTH,)
    yield f"{name}.bias", (WIDTH,)


def _write_safetensors(path: Path, tensors: dict[str, Any]) -> None:
    """Write the format: https://github.com/huggingface/safetensors, its header and its bytes."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for name, tensor in tensors.items():
        end = offset + tensor.nbytes
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    content = b"".join(tensor.tobytes() for tensor in tensors.values())
    path.write_bytes(struct.pack("<Q", len(text)) + text + content)
