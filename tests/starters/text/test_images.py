"""The image of a Hugging Face directory answers as transformers does, or is not built."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import ImageError
from pipeline.given.adoption import create
from pipeline.given.text import KINDS
from pipeline.image.base import with_base
from pipeline.image.build import build_image
from pipeline.image.golden import make_golden
from pipeline.model.directory import read_model
from tests.starters.text.models import LABELS, write_classifier

REPOSITORY = Path(__file__).resolve().parents[3]
LIBRARY = "text-library-test"
TOLERANCE = 1e-5
pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model directory of a small classifier, with the golden request of transformers."""
    folder = tmp_path_factory.mktemp("classifier")
    source = write_classifier(folder / "mood", problem_type="single_label_classification")
    create(source, folder / "made" / "mood", {**os.environ, "PIP_RETRIES": "0"}, stays_here=True)
    return folder / "made" / "mood"


def test_a_classifier_is_answered_as_by_transformers_pipeline(classifier: Path) -> None:
    golden = json.loads((classifier / "example.json").read_text())
    for predicted, chances in zip(*golden["answer"].values(), strict=True):
        assert tuple(chances) == LABELS
        assert sum(chances.values()) == pytest.approx(1)
        assert predicted == max(chances, key=chances.__getitem__)
    readme = (classifier / "README.md").read_text()
    assert "One of the labels joy, anger, fear is predicted" in readme
    assert "200 texts in batches of 64, by transformers: numbers within" in readme


def test_another_head_than_that_of_the_card_ends_the_build(
    classifier: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    card = classifier / "app" / "card.json"
    text = card.read_text()
    card.write_text(text.replace('"label"', '"labels"'))
    try:
        with pytest.raises(ImageError):
            make_golden(classifier, os.environ, stays_here=True)
    finally:
        card.write_text(text)
    written = capfd.readouterr()
    assert "the image answers otherwise than transformers" in written.out + written.err


def test_int8_says_what_it_loses(classifier: Path) -> None:
    found = make_golden(classifier, {**os.environ, "PRECISION": "int8"}, stays_here=True)
    assert "Its weights are int8" in found
    within = [float(number) for number in re.findall(r"within ([\d.e-]+),", found)]
    assert len(within) == 2 and min(within) > TOLERANCE  # else nothing was quantised


@pytest.fixture(scope="module")
def library(classifier: Path) -> Iterator[str]:
    """The image of the stage that has transformers."""
    model = with_base(read_model(classifier, "Dockerfile", os.environ), True)
    build_image(model, model.make_context(classifier.parent / "context"), LIBRARY, "library")
    yield LIBRARY
    subprocess.run(["docker", "image", "rm", "--no-prune", LIBRARY], check=True)


def test_every_kind_is_exported_as_transformers_runs_it(library: str) -> None:
    mount = ("--volume", f"{REPOSITORY}:/src:ro", "--workdir", "/src", "--network", "none")
    program = ("/opt/library/bin/python", "-B", "-m", "tests.starters.text.kinds")
    command = ["docker", "run", "--rm", *mount, library, *program]
    run = subprocess.run(command, capture_output=True, text=True)
    found = re.findall(r"^compared (\S+) (\S+) (\S+)$", run.stdout, re.MULTILINE)
    assert {(kind, gives) for kind, gives, _ in found} == {
        (kind, gives) for kind in KINDS for gives in ("embeddings", "label")
    }, run.stderr[-2000:]
    assert [one for one in found if not float(one[2]) <= TOLERANCE] == []
