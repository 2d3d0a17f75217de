"""A directory that Hugging Face's libraries wrote: which files of it a model needs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.errors import GivenError
from pipeline.given.beside import beside, check_inside
from pipeline.given.strangers import LFS

CONFIG, MODULES, WEIGHTS = "config.json", "modules.json", "model.safetensors"
INDEX = f"{WEIGHTS}.index.json"
# Names of older releases of sentence-transformers, in the order in which it looks for them.
LENGTHS = tuple(
    f"sentence_{kind}_config.json"
    for kind in ("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet")
)
SETTINGS = "config_sentence_transformers.json"
TOKENIZER, TOKENIZER_CONFIG = "tokenizer.json", "tokenizer_config.json"
BESIDE = (CONFIG, TOKENIZER, TOKENIZER_CONFIG, "special_tokens_map.json", *LENGTHS)
POINTER = b"version https://git-lfs"


def is_hugging_face(path: Path) -> bool:
    """Tell whether a directory is one of Hugging Face's, and not a model directory."""
    if not path.is_dir() or (path / "Dockerfile").exists():
        return False
    return (path / CONFIG).is_file() or (path / MODULES).is_file()


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        GivenError: it is none.
    """
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise GivenError(f"{path} is not JSON: {error}") from error


def transformer(directory: Path) -> Path:
    """Find the folder of the transformer: the directory, or that of the first module."""
    if not (directory / MODULES).is_file():
        return directory
    for module in read_json(directory / MODULES):
        if str(module["type"]).rpartition(".")[2] == "Transformer":
            return module_folder(directory, module)
    raise GivenError(f"{directory / MODULES} has no module Transformer: such models are not taken")


def module_folder(directory: Path, module: Any) -> Path:
    """Find the folder of a module, which lies in the directory.

    Raises:
        GivenError: its path leads out of it.
    """
    relative = PurePosixPath(str(module["path"]))
    if relative.is_absolute() or ".." in relative.parts or (directory / relative).is_symlink():
        raise GivenError(f"{directory / MODULES} names {relative}, which leads out of its folder")
    return directory / relative


def needed(directory: Path) -> list[Path]:
    """List the files that a model needs.

    Raises:
        GivenError: one is missing or is a pointer of Git LFS.
    """
    folder = transformer(directory)
    files = [*_weights(folder), *(folder / name for name in BESIDE)]
    if not (folder / TOKENIZER).is_file():
        raise GivenError(
            f"{folder} has no {TOKENIZER}, which Hugging Face's Rust library reads:"
            f" transformers.AutoTokenizer.from_pretrained(DIR).save_pretrained(DIR) writes it"
        )
    files += [directory / name for name in (MODULES, SETTINGS)]
    files += directory.glob(f"*/{CONFIG}")
    found = sorted({file for file in files if file.is_file()})
    for file in found:
        check_inside(file, directory)
        _check_content(file)
    return found


def _weights(folder: Path) -> Iterator[Path]:
    if (folder / WEIGHTS).is_file():
        yield folder / WEIGHTS
    elif (folder / INDEX).is_file():
        yield folder / INDEX
        for name in sorted({*read_json(folder / INDEX)["weight_map"].values()}):
            yield beside(folder, str(name), str(folder / INDEX))
    else:
        raise GivenError(
            f"{folder} has no {WEIGHTS}. Weights of another kind are not taken, a pickle runs"
            " whatever code it holds: transformers' save_pretrained(DIR) of the loaded model writes"
            " that file"
        )


def _check_content(file: Path) -> None:
    with file.open("rb") as content:
        if content.read(len(POINTER)) == POINTER:
            raise GivenError(f"{file} {LFS}")
