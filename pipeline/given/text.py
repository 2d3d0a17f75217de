"""What a Hugging Face directory gives for a text: the card that its image is built by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import GivenError
from pipeline.given.huggingface import (
    CONFIG,
    LENGTHS,
    MODULES,
    SETTINGS,
    TOKENIZER_CONFIG,
    read_json,
    transformer,
)
from pipeline.given.pooling import read_pooling

# Encoders whose export is compared with transformers' own answers.
KINDS = (
    *("albert", "bert", "camembert", "deberta-v2", "distilbert", "electra", "modernbert", "mpnet"),
    *("roberta", "xlm-roberta"),
)
# Their positions begin behind that of the padding.
BEHIND_PADDING = ("camembert", "mpnet", "roberta", "xlm-roberta")
CLASSIFIER = "ForSequenceClassification"
WAY_OUT = (
    "Export it to .onnx, with torch.onnx.export or optimum-cli, and give that file, or write a"
    " handler for it: base-example/"
)


def card_of(directory: Path) -> dict[str, Any]:
    """Read what a directory says of its model, in the words of `apps.text.card`.

    Raises:
        GivenError: the model cannot be served rightly; the message says what to do.
    """
    folder = transformer(directory)
    config = read_json(folder / CONFIG)
    _check_kind(config)
    if (directory / MODULES).is_file():
        gives = _embeddings(directory)
    else:
        gives = _head(config)
    return {
        **gives,
        "max_tokens": _max_tokens(folder, config),
        "pad": config.get("pad_token_id") or 0,
        "lowercase": bool(_lengths(folder).get("do_lower_case")),
        "transformer": "" if folder == directory else folder.relative_to(directory).as_posix(),
    }


def _check_kind(config: Mapping[str, Any]) -> None:
    kind = config.get("model_type")
    architecture = ", ".join(config.get("architectures") or ["no architecture"])
    if "auto_map" in config:
        raise GivenError(f"{architecture} is code of its directory, which is not run. {WAY_OUT}")
    if "quantization_config" in config:
        raise GivenError("its weights are quantised: give the exact ones, and set PRECISION=int8")
    if kind not in KINDS:
        raise GivenError(
            f"{architecture} (model_type {kind}) is not taken, only {', '.join(KINDS)}. {WAY_OUT}"
        )


def _head(config: Mapping[str, Any]) -> dict[str, Any]:
    (architecture, *_) = config.get("architectures") or ["no architecture"]
    if architecture.endswith(CLASSIFIER):
        return _labels(config)
    if architecture.endswith("Model"):
        raise GivenError(
            f"{architecture} gives a vector for each token, and there is no {MODULES} that says how"
            " they become one for a text: save the model by sentence-transformers, as in"
            " SentenceTransformer(modules=[Transformer(DIR), Pooling(SIZE, 'mean')]).save(DIR)"
        )
    raise GivenError(
        f"{architecture} is not taken, only *{CLASSIFIER} and what {MODULES} makes embed. {WAY_OUT}"
    )


def _labels(config: Mapping[str, Any]) -> dict[str, Any]:
    """Read the labels, and what is done to their numbers, as transformers' pipeline does it."""
    if "sentence_transformers" in config:
        raise GivenError(f"it is a cross-encoder, which takes pairs of texts. {WAY_OUT}")
    named = config.get("id2label") or {"0": "LABEL_0", "1": "LABEL_1"}
    labels = [str(named[key]) for key in sorted(named, key=int)]
    if len({*labels}) < len(labels):
        raise GivenError(f"two labels in id2label of {CONFIG} have one name: rename one")
    problem = config.get("problem_type")
    several = problem == "multi_label_classification" or len(labels) == 1
    gives = "numbers" if problem == "regression" else "labels" if several else "label"
    return {"gives": gives, "size": len(labels), "labels": labels}


def _embeddings(directory: Path) -> dict[str, Any]:
    settings = directory / SETTINGS
    said = read_json(settings) if settings.is_file() else {}
    if said.get("default_prompt_name"):
        raise GivenError(
            f"{SETTINGS} puts the prompt {said['default_prompt_name']!r} before each text, which is"
            " not taken: take default_prompt_name out, and send texts with their prompt"
        )
    return {"gives": "embeddings", **read_pooling(directory)}


def _lengths(folder: Path) -> dict[str, Any]:
    found = next((folder / name for name in LENGTHS if (folder / name).is_file()), None)
    return dict(read_json(found)) if found else {}


def _max_tokens(folder: Path, config: Mapping[str, Any]) -> int:
    """Find the least of the lengths that a directory names."""
    kind, positions = config["model_type"], config.get("max_position_embeddings", 512)
    if kind in BEHIND_PADDING:
        positions -= (config.get("pad_token_id") or 0) + 1
    tokenizer = folder / TOKENIZER_CONFIG
    said = read_json(tokenizer) if tokenizer.is_file() else {}
    limits = (positions, _lengths(folder).get("max_seq_length"), said.get("model_max_length"))
    return int(min(limit for limit in limits if limit))
