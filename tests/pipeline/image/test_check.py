"""The check of an image, as far as no container is needed."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.errors import FunctionError
from pipeline.image import check
from serving import api
from tests.serving.recorded import request
from tests.serving.toy_model import scale


def test_a_model_that_cannot_describe_itself_is_not_pushed(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong_setting() -> Any:
        raise ValueError("DOOR_MLFLOW_GIVES must be classes or chances")

    handler = api(scale)
    handler.later(wrong_setting)
    event = request("rest", body=None, method="GET", path="/predict/openapi.json")
    monkeypatch.setattr(check, "invoke", lambda *_: [json.dumps(handler(event, None))])
    function: Any = SimpleNamespace(described_event=lambda name: {})
    with pytest.raises(FunctionError, match=r"its log of …/openapi\.json"):
        check._described(function, "name", "openapi.json")
