"""Clients in Python and TypeScript, generated from a model's document, get the golden answer."""

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.model_directory import example, import_app
from tests.serving.generated import python_answer, typescript_answer
from tests.serving.loopback import listening
from tests.serving.test_fuzzing import MODELS

Ask = Callable[[Any, str, Any, Path], Any]
ROW = {"age": 41, "income, monthly": 2.5, "city": "Rome", "member": True}
ASK = {"Python": python_answer, "TypeScript": typescript_answer}


def document_of(url: str) -> Any:
    """The document as a generator gets it."""
    with urllib.request.urlopen(f"{url}/predict/openapi.json") as answer:
        return json.load(answer)


@pytest.mark.parametrize("language", ASK)
@pytest.mark.parametrize("name", ["base-example", "xgboost-example"])
def test_it_gets_the_golden_answer(language: str, name: str, tmp_path: Path) -> None:
    golden = example(name)
    with listening(import_app(name)["app"].handler) as url:
        answer = ASK[language](document_of(url), url, golden["request"], tmp_path)
    assert answer == pytest.approx(golden["answer"], abs=golden["tolerance"])


@pytest.mark.parametrize("language", ASK)
def test_it_sends_rows_by_name_and_as_lists(language: str, tmp_path: Path) -> None:
    request = {"rows": [ROW, [*ROW.values()]]}
    with listening(MODELS["rows"](tmp_path)) as url:
        answer = ASK[language](document_of(url), url, request, tmp_path)
    first, second = answer["probabilities"]
    assert first == second and first.keys() == {"stays", "leaves"}
    assert answer["predictions"][0] == max(first, key=first.__getitem__)
