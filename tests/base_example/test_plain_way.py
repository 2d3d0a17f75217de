"""docs/plain-way.md: its lines, put into copies of base-example and run as Lambda runs them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.given import directories as given
from benchmarks.plain_way.directories import PLAIN, Plain, make, make_all
from benchmarks.plain_way.page import PAGE, recipe
from benchmarks.plain_way.training import xgboost
from benchmarks.suite import __main__ as suite
from tests.pins import pins

from .images import Builder, Built, check_example, run_in, without_bytecode

MOST_LINES = 12
# Calls the handler with a request, as `aws lambda invoke` does, and prints the answer.
INVOKE = """
import json, sys, app
print(json.dumps(app.handler(json.loads(sys.argv[1]), None)))
"""
each = pytest.mark.parametrize("plain", PLAIN, ids=[plain.name for plain in PLAIN])


class Models:
    """The model directories and their images, made when a test asks for them."""

    def __init__(self, folder: Path, images: Builder) -> None:
        self.folder, self.images = folder, images
        self.made: dict[str, tuple[Path, Built]] = {}

    def get(self, name: str) -> tuple[Path, Built]:
        """A model directory and its image."""
        if name not in self.made:
            (plain,) = (plain for plain in PLAIN if plain.name == name)
            directory = make(plain, self.folder)
            self.made[name] = directory, self.images.image(directory)
        return self.made[name]


@pytest.fixture(scope="module")
def models(images: Builder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Models]:
    """The page's models."""
    yield Models(tmp_path_factory.mktemp("models"), images)


@each
def test_a_handler_is_about_twelve_lines(plain: Plain) -> None:
    lines = recipe(plain.heading).app.splitlines()
    assert 5 < len([line for line in lines if line]) <= MOST_LINES


@each
def test_each_package_is_pinned_to_the_version_that_trains_here(plain: Plain) -> None:
    versions = pins(
        "tests/requirements.txt",
        "pytorch-example/app/torch.txt",
        "starters/text/app/requirements.txt",
    )
    here = {f"{name}=={version}" for name, version in versions.items()}
    lines = recipe(plain.heading).requirements.splitlines()
    packages = {line for line in lines if not line.startswith(("#", "--extra-index-url"))}
    assert packages and all("==" in package for package in packages)
    assert packages <= here


def test_every_section_with_a_handler_is_tested() -> None:
    sections = PAGE.read_text().split("\n## ")[1:]
    with_handler = {text.splitlines()[0] for text in sections if "def handler" in text}
    assert with_handler == {plain.heading for plain in PLAIN}


def test_the_costs_are_those_of_every_recipe_beside_the_floor_and_the_engines() -> None:
    table = PAGE.read_text().split("\n## What it costs\n")[1].split("\n## ")[0]
    rows = set(re.findall(r"^\| ([a-z-]+) \| [0-9]", table, re.MULTILINE))
    compared = {"floor", "xgboost-example", "onnx-example"}
    assert rows == compared | {plain.name for plain in PLAIN}


def test_the_xgboost_model_has_rounds_after_its_best_one() -> None:
    model = xgboost()["model"]
    assert model.best_iteration + 1 < model.get_booster().num_boosted_rounds()


def test_a_whole_run_of_the_benchmarks_measures_the_plain_way_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "make_all", lambda: make_all(tmp_path))
    monkeypatch.setattr(given, "make_all", list)  # it asks the libraries, in builds
    variants, _ = suite.chosen_variants([], is_quick=False)
    assert {plain.name for plain in PLAIN} <= {variant.name for variant in variants}


@pytest.mark.docker
@each
def test_the_image_answers_what_the_library_answered_after_training(
    plain: Plain, models: Models
) -> None:
    directory, image = models.get(plain.name)
    assert (directory / "app/app.py").read_text() == recipe(plain.heading).app
    check_example(image.name, directory)


@pytest.mark.docker
@each
def test_a_request_that_the_annotations_forbid_is_answered_with_400(
    plain: Plain, models: Models
) -> None:
    directory, image = models.get(plain.name)
    request: dict[str, Any] = json.loads((directory / "example.json").read_text())["request"]
    field, value = next(iter(request.items()))
    wrong_value = value[1:] if isinstance(value, list) else 1 if isinstance(value, str) else "39.1"
    wrong = {**request, field: wrong_value}
    printed = run_in(image.name, "python", "-c", INVOKE, json.dumps(wrong))
    reply = json.loads(printed.splitlines()[-1])
    assert reply["status"] == 400 and reply["message"].startswith(f"{field}: expected ")


@pytest.mark.docker
def test_openmp_is_added_where_a_package_needs_it_and_does_not_bring_it(models: Models) -> None:
    names = {plain.name for plain in PLAIN}
    find = ("find", "/usr/lib", "-name", "libgomp.so.1")
    have = {name for name in names if run_in(models.get(name)[1].name, *find)}
    assert have == {"plain-lightgbm"}


@pytest.mark.docker
def test_of_torch_all_is_compiled_but_what_is_written_for_another_python(models: Models) -> None:
    _, image = models.get("plain-pytorch")
    (left,) = without_bytecode(image.name, "/opt/venv")
    assert left.endswith("/torch/testing/_internal/py312_intrinsics")
