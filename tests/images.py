"""What the tests of every image ask of it: the pipeline's own check before a push."""

import os
from pathlib import Path

from pipeline.image.check import check_image
from pipeline.image.function import function_of
from pipeline.model.directory import read_model


def check_as_lambda(image: str, directory: Path, memory_mib: str) -> None:
    """Fail unless an image gives the golden answer of a model directory as Lambda would run it."""
    model = read_model(directory, "Dockerfile", {**os.environ, "MEMORY_SIZE": memory_mib})
    check_image(function_of(model, directory.name, image))
