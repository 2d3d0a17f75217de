"""Directories as Hugging Face's libraries write them, with weights that nothing reads."""

import json
from pathlib import Path
from typing import Any

BERT = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "max_position_embeddings": 512,
    "pad_token_id": 0,
}
CLASSIFIER = {**BERT, "architectures": ["BertForSequenceClassification"]}
# As sentence-transformers wrote them before its release 6, and as it does since.
MEAN = {"word_embedding_dimension": 384, "pooling_mode_mean_tokens": True}
MODULES = ("Transformer", "Pooling", "Normalize")


def write(path: Path, content: Any) -> None:
    """Write JSON into a folder that is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def hugging_face(folder: Path, config: Any, **files: Any) -> Path:
    """Write a directory; `files` by their names without `.json`."""
    write(folder / "config.json", config)
    write(folder / "tokenizer.json", {})
    (folder / "model.safetensors").write_bytes(b"weights")
    for name, content in files.items():
        write(folder / f"{name}.json", content)
    return folder


def sentence_transformers(
    folder: Path,
    modules: tuple[str, ...] = MODULES,
    pooling: Any = MEAN,
    config: Any = BERT,
    transformer: str = "",
    **files: Any,
) -> Path:
    """Write a directory of sentence-transformers; `files` go beside the transformer."""
    hugging_face(folder / transformer, config, **files)
    listed = [
        {
            "idx": index,
            "name": str(index),
            "path": f"{index}_{name}" if index else transformer,
            "type": f"sentence_transformers.models.{name}",
        }
        for index, name in enumerate(modules)
    ]
    write(folder / "modules.json", listed)
    write(folder / "1_Pooling" / "config.json", pooling)
    return folder
