"""Whether a `.pt2` file can be loaded without running code that is in it.

`torch.export.load` unpickles, evaluates the expressions of sizes, looks operators up by any name,
and executes the guards on the inputs. Here a file is read as what it is, an archive of JSON and of
plain numbers, and only what is known to be harmless is let through.

Source: torch/export/pt2_archive/_package.py, torch/_export/serde/serialize.py, of PyTorch 2.13.
"""

import io
import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import torch

from engines.torch.build.description import DescriptionError
from engines.torch.build.program import speech
from engines.torch.build.program.speech import WAY_OUT

MODEL = "models/model.json"
SAMPLE = "data/sample_inputs/model.pt"
TENSORS = {  # the lists of the files with numbers, and how their names begin
    "data/weights/model_weights_config.json": "weight_",
    "data/constants/model_constants_config.json": "tensor_",
}
OTHERS = ("archive_format", "archive_version", "byteorder", "version", ".data/version")
FOLDERS = ("data/weights/", "data/constants/", "extra/", ".data/serialization_id")


def audit(path: Path) -> dict[str, Any]:
    """Read the program of a file as JSON, if nothing in the file is more than data.

    Raises:
        DescriptionError: it may run code, or is damaged; the message says what of it.
    """
    try:
        with ZipFile(path) as archive:
            root = _root(archive)
            program: dict[str, Any] = json.loads(archive.read(root + MODEL))
            lists = {name: json.loads(archive.read(root + name)) for name in TENSORS}
            _check_sample(archive.read(root + SAMPLE))
        for name, listed in lists.items():
            _check_tensors(listed, TENSORS[name])
        speech.check(program)
    except (BadZipFile, LookupError, ValueError, TypeError, AttributeError) as error:
        raise DescriptionError(f"{path.name} is damaged: {error!r}") from error
    return program


def _root(archive: ZipFile) -> str:
    """The folder that all of an archive lies in, after a look at the names of the files."""
    names = archive.namelist()
    root = names[0].partition("/")[0] + "/"
    known = {MODEL, SAMPLE, *TENSORS, *OTHERS}
    for name in names:
        place = name.removeprefix(root)
        if not name.startswith(root) or not (place in known or place.startswith(FOLDERS)):
            raise DescriptionError(f"the file has {name}, which a program has not. {WAY_OUT}")
        if place.startswith("data/") and place.endswith(".pt") and place != SAMPLE:
            raise DescriptionError(
                "an old PyTorch wrote the file, with its weights as a pickle: export and save the"
                " network by PyTorch 2.13"
            )
    return root


def _check_tensors(listed: Any, beginning: str) -> None:
    for name, entry in listed["config"].items():
        if entry["use_pickle"] or not entry["path_name"].startswith(beginning):
            raise DescriptionError(
                f"{name} is a pickle, and loading it runs whatever code it holds: a weight must be"
                f" a plain tensor on the CPU, and no object of a class. {WAY_OUT}"
            )


def _check_sample(content: bytes) -> None:
    """Load the inputs that the program was exported with, as PyTorch would unsafely otherwise."""
    if not content:
        return
    try:
        torch.load(io.BytesIO(content), weights_only=True)
    except Exception as error:  # it raises whatever a damaged archive leads to
        raise DescriptionError(
            "the sample inputs in the file are a pickle of more than tensors, and loading it runs"
            " whatever code it holds: export the network with tensors and numbers as its inputs"
        ) from error
