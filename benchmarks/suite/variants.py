"""The images that are compared: the floor, and each Dockerfile of the example directories."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import PipelineError
from pipeline.image.base import with_base
from pipeline.image.build import build_image
from pipeline.image.containers import docker_output
from pipeline.image.function import Function, function_of
from pipeline.model.directory import Model, read_model
from pipeline.model.dockerfile import declared, read_dockerfile
from pipeline.model.names import names

REPOSITORY = Path(__file__).resolve().parents[2]
CONTEXTS = REPOSITORY / ".build" / "bench"
FLOOR = "floor"
DOCKERFILE = re.compile(r"Dockerfile(\.(?!dockerignore$)[A-Za-z0-9_-]+)?")
WEIGHTS = ("WEIGHTS_FILE", "MODEL_FILE")  # build arguments that name them
# Dockerfiles that are not measured, and why.
LEFT_OUT = {"Dockerfile.conda": "it needs a conda channel and base image to build"}
LEFT_OUT_OF_QUICK = {"Dockerfile.source": "compiling takes minutes"}


class Variant(NamedTuple):
    """An image to measure: a Dockerfile of a model directory."""

    directory: Path
    dockerfile: str = "Dockerfile"

    @property
    def name(self) -> str:
        """The directory's name, with the Dockerfile's ending where it has one."""
        return "-".join([self.directory.name, *self.dockerfile.split(".")[1:]])

    @property
    def image(self) -> str:
        """The name of its image."""
        project = names(self.directory, {}, "").project
        return "-".join([f"lambda-bench/{project}", *self.dockerfile.lower().split(".")[1:]])

    def model(self) -> Model:
        """Read the directory; the settings of the environment win."""
        return read_model(self.directory, self.dockerfile, os.environ)


def the_floor() -> Variant:
    """The image that does nothing."""
    return Variant(Path(__file__).with_name("floor"))


def examples() -> list[Path]:
    """The model directories of this repository."""
    return sorted(path.parent for path in REPOSITORY.glob("*-example/Dockerfile"))


def usual_ways() -> list[Path]:
    """The same models as one would serve them without this repository, to compare with."""
    return sorted(path.parent for path in REPOSITORY.glob("benchmarks/usual_ways/*/Dockerfile"))


def find_variants(directories: Iterable[Path]) -> list[Variant]:
    """The floor, then every Dockerfile of the directories, in the order of their names.

    Raises:
        PipelineError: no directory, one without a Dockerfile, or two variants of one name.
    """
    found = [the_floor()]
    for directory in directories:
        found += _variants(directory)
    for variant, count in Counter(variant.name for variant in found).items():
        if count > 1:
            raise PipelineError(f"two variants are called {variant}: rename one of the directories")
    return found


def _variants(directory: Path) -> list[Variant]:
    if not directory.is_dir():
        raise PipelineError(f"there is no directory {directory}")
    found = [name for name in sorted(os.listdir(directory)) if DOCKERFILE.fullmatch(name)]
    if not found:
        raise PipelineError(f"{directory} has no Dockerfile: it is not a model directory")
    return [Variant(directory, name) for name in found]


def reason_against(variant: Variant, environ: Mapping[str, str], is_quick: bool) -> str | None:
    """Why a variant is not measured here; None where it is."""
    arguments = declared(read_dockerfile(variant.directory, variant.dockerfile))
    for name in WEIGHTS:
        if name in arguments and not environ.get(name):
            return f"it needs trained weights: export {name}=…"
    left_out = {**LEFT_OUT, **LEFT_OUT_OF_QUICK} if is_quick else LEFT_OUT
    return left_out.get(variant.dockerfile)


def build(variant: Variant) -> Function:
    """Build a variant's image, as the pipeline builds it.

    Returns:
        the variant's function with that very image, whatever gets its name meanwhile.

    Raises:
        PipelineError: the directory is not that of a model, or the build failed.
    """
    model = with_base(variant.model(), stays_here=True)
    build_image(model, model.make_context(CONTEXTS / variant.name), variant.image)
    built = docker_output("image", "inspect", "--format", "{{.Id}}", variant.image)
    return function_of(model, variant.name, built)
