"""Small models of texts: a tokenizer of a few words, and a network that averages their vectors."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from apps.text import serve
from engines.onnx import Session
from serving.application import Application

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "good", "bad", "film", "день", "猫", "é"]
WIDTH = 3
VECTORS = np.random.default_rng(0).normal(size=(len(WORDS), WIDTH)).astype(np.float32)
MAX_TOKENS = 8
EMBEDS = {"gives": "embeddings", "size": WIDTH, "pooling": ["mean"]}
NAMES = {"labels": ["joy", "anger", "fear"], "size": WIDTH}


def tokenizer() -> Tokenizer:
    """Words between [CLS] and [SEP]; its file asks for padding and truncation, as real ones do."""
    made = Tokenizer(models.WordLevel({w: n for n, w in enumerate(WORDS)}, unk_token="[UNK]"))
    made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    made.enable_truncation(4)
    made.enable_padding(length=16)
    return made


def network() -> onnx.ModelProto:
    """The mean of the vectors of a text's tokens, those of its padding left out."""
    nodes = [
        helper.make_node("Gather", ["vectors", "input_ids"], ["found"]),
        helper.make_node("Cast", ["attention_mask"], ["flat"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["flat", "last"], ["mask"]),
        helper.make_node("Mul", ["found", "mask"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "second"], ["sum"], keepdims=0),
        helper.make_node("ReduceSum", ["mask", "second"], ["count"], keepdims=0),
        helper.make_node("Div", ["sum", "count"], ["rows"]),
    ]
    sizes = ["texts", "tokens"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, sizes)
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["texts", WIDTH])
    constants = [
        numpy_helper.from_array(VECTORS, "vectors"),
        numpy_helper.from_array(np.array([2]), "last"),
        numpy_helper.from_array(np.array([1]), "second"),
    ]
    graph = helper.make_graph(nodes, "mean", inputs, [output], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def model(folder: Path, **card: Any) -> Application[Any, Any]:
    """The function of a small model."""
    onnx.save(network(), folder / "network.onnx")
    tokenizer().save(str(folder / "tokenizer.json"))
    whole = {"max_tokens": MAX_TOKENS, "pad": 0, "lowercase": False, **(card or EMBEDS)}
    (folder / "card.json").write_bytes(msgspec.json.encode(whole))
    return serve(Session(folder / "network.onnx"), str(folder))


def expected(text: str) -> list[float]:
    """What the small network gives for a text of its words, by numpy."""
    ids = [2, *(WORDS.index(word) if word in WORDS else 1 for word in text.split()), 3]
    row: list[float] = VECTORS[ids].mean(axis=0).tolist()
    return row
