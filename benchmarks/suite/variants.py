"""The images that are compared: the floor, and each Dockerfile of the example directories."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from build_arguments import build_arguments, files_of_this_machine
from dockerfile import declared, read_dockerfile
from settings import MODEL_ENV, names, read_model_env, settings
from stage import stage

from benchmarks.suite.engine import BenchError, docker, say, show_and_run

REPOSITORY = Path(__file__).resolve().parents[2]
TOOLS = REPOSITORY / "tools"
CONTEXTS = REPOSITORY / ".build" / "bench"
FLOOR = "floor"
DOCKERFILE = re.compile(r"Dockerfile(\.(?!dockerignore$)[A-Za-z0-9_-]+)?")
# Dockerfiles that are not measured, and why.
LEFT_OUT = {"Dockerfile.conda": "it needs a conda channel and base image to build"}
LEFT_OUT_OF_QUICK = {"Dockerfile.source": "compiling takes minutes"}


class Variant(NamedTuple):
    """An image to measure: a Dockerfile of a model directory, or another image made of that."""

    directory: Path
    dockerfile: str = "Dockerfile"
    other_image: str = ""

    @property
    def name(self) -> str:
        """The directory's name, with the Dockerfile's ending where it has one."""
        return "-".join([self.directory.name, *self.dockerfile.split(".")[1:]])

    @property
    def image(self) -> str:
        """The name of its image."""
        if self.other_image:
            return self.other_image
        project = names(self.directory, {})["PROJECT"]
        return "-".join([f"lambda-bench/{project}", *self.dockerfile.lower().split(".")[1:]])

    def settings(self) -> dict[str, str]:
        """The directory's settings, those of the environment first."""
        return settings(read_model_env(self.directory / MODEL_ENV), os.environ)


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
        BenchError: no directory, one without a Dockerfile, or two variants of one name.
    """
    found = [the_floor()]
    for directory in directories:
        found += _variants(directory)
    for variant, count in Counter(variant.name for variant in found).items():
        if count > 1:
            raise BenchError(f"two variants are called {variant}: rename one of the directories")
    return found


def _variants(directory: Path) -> list[Variant]:
    if not directory.is_dir():
        raise BenchError(f"there is no directory {directory}")
    found = [name for name in sorted(os.listdir(directory)) if DOCKERFILE.fullmatch(name)]
    if not found:
        raise BenchError(f"{directory} has no Dockerfile: it is not a model directory")
    return [Variant(directory, name) for name in found]


def reason_against(variant: Variant, environ: Mapping[str, str], is_quick: bool) -> str | None:
    """Why a variant is not measured here; None where it is."""
    needs_weights = "WEIGHTS_FILE" in declared(
        read_dockerfile(variant.directory, variant.dockerfile)
    )
    if needs_weights and not environ.get("WEIGHTS_FILE"):
        return "it needs trained weights: export WEIGHTS_FILE=…"
    left_out = {**LEFT_OUT, **LEFT_OUT_OF_QUICK} if is_quick else LEFT_OUT
    return left_out.get(variant.dockerfile)


def build(variant: Variant) -> Variant:
    """Builds a variant's image, as the pipeline builds it.

    Returns:
        the variant with that very image, whatever gets its name meanwhile.

    Raises:
        BenchError: the build failed; the reason was shown.
        SettingsError, DockerfileError, StageError: the directory is not that of a model.
    """
    say(f"Build: {variant.name}")
    directory, dockerfile = variant.directory, variant.dockerfile
    files = files_of_this_machine(directory, dockerfile, os.environ)
    context = stage(directory, dockerfile, files.values(), CONTEXTS / variant.name)
    values = variant.settings()
    if values["WHEELHOUSE"] == "1" and (context / values["WHEELS_FOR"]).is_file():
        _fill_wheelhouse(context, values)
    arguments = build_arguments(directory, dockerfile, os.environ)
    options = ("--file", str(context / dockerfile), "--tag", variant.image, *_as_options(arguments))
    show_and_run("docker", "build", "--quiet", *options, str(context))
    built = docker("image", "inspect", "--format", "{{.Id}}", variant.image).strip()
    return variant._replace(other_image=built)


def _fill_wheelhouse(context: Path, values: Mapping[str, str]) -> None:
    wanted, wheels = context / values["WHEELS_FOR"], context / "wheels"
    target = ("--python", values["RUNTIME_VERSION"], "--architecture", values["ARCHITECTURE"])
    show_and_run(sys.executable, str(TOOLS / "wheelhouse.py"), str(wanted), str(wheels), *target)


def _as_options(arguments: Mapping[str, str]) -> Iterator[str]:
    for name, value in arguments.items():
        yield from ("--build-arg", f"{name}={value}")
