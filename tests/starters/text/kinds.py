"""Exports a small network of each kind, and compares it with transformers; for the stage `library`.

    python -m tests.starters.text.kinds

A line for each: the kind, what it gives, and the greatest difference of a number. transformers is
asked text by text, without padding and with its default attention, the export in one batch.
"""

import logging
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
import transformers

from engines.onnx.build.huggingface.__main__ import export
from engines.onnx.build.huggingface.network import Network
from golden.text.library import POOLING
from pipeline.given.text import KINDS

TOKENS, WIDTH, LENGTHS = 120, 32, (1, 2, 17, 60, 3)
SIZES = {
    "vocab_size": TOKENS,
    "hidden_size": WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 66,
    "num_labels": 3,
}
MORE: dict[str, dict[str, Any]] = {
    "albert": {"embedding_size": 16},
    "deberta-v2": {"relative_attention": True, "position_buckets": 32, "pos_att_type": ["p2c"]},
    "distilbert": {"dim": WIDTH, "n_layers": 2, "n_heads": 4, "hidden_dim": 64},
    "electra": {"embedding_size": 16},
    "modernbert": dict.fromkeys(("pad_token_id", "bos_token_id", "cls_token_id"), 0)
    | dict.fromkeys(("eos_token_id", "sep_token_id"), 1),
}
EMBEDS = {"gives": "embeddings", "pooling": ["cls", "max", "mean", "mean_sqrt_len_tokens"]}
CARDS: tuple[dict[str, Any], ...] = ({**EMBEDS, "normalize": True}, {"gives": "label"})


def transformer(kind: str, card: dict[str, Any], attention: str) -> Any:
    """A network of random weights, the same ones each time."""
    config = transformers.AutoConfig.for_model(kind, **SIZES, **MORE.get(kind, {}))
    embeds = card["gives"] == "embeddings"
    auto = transformers.AutoModel if embeds else transformers.AutoModelForSequenceClassification
    torch.manual_seed(0)
    return auto.from_config(config, attn_implementation=attention).eval()


def expected(model: Any, card: dict[str, Any], text: torch.Tensor) -> Any:
    """What transformers gives for a text, and numpy makes of it."""
    found = model(input_ids=text[None])[0][0].double().numpy()
    if card["gives"] == "label":
        powers = np.exp(found - found.max())
        return powers / powers.sum()
    pooled = np.concatenate([POOLING[name](found) for name in card["pooling"]])
    return pooled / np.linalg.norm(pooled)


def difference(kind: str, card: dict[str, Any], path: Path) -> float:
    """Export a network and compare it."""
    model = transformer(kind, card, "eager")
    export(Network(model, card).eval(), path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    texts = [torch.randint(5, TOKENS, (length,)) for length in LENGTHS]
    pad = torch.nn.utils.rnn.pad_sequence
    ids = pad(texts, True, model.config.pad_token_id)
    mask = pad([torch.ones_like(text) for text in texts], True)
    given = {"input_ids": ids.numpy(), "attention_mask": mask.numpy()}
    (rows,) = session.run(None, given)
    # Not every kind has another attention than the eager one.
    try:
        model = transformer(kind, card, "sdpa")
    except ValueError:
        pass
    wanted = np.stack([expected(model, card, text) for text in texts])
    return float(np.abs(rows - wanted).max())


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    with torch.no_grad(), tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            for card in CARDS:
                found = difference(kind, card, Path(folder, "network.onnx"))
                print("compared", kind, card["gives"], found, flush=True)
