"""MLflow's scoring server, which SageMaker's hosting calls at the same paths.

    POST /invocations  {"dataframe_split": …} and its like, or text/csv; {"predictions": …}
    GET  /ping, /health, /version

Sources: https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/ and
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

import msgspec

from apps.doors.model import CSV, Csv, Model
from serving.errors import BadRequest, UnsupportedMediaType
from serving.events import Call
from serving.log import Line, milliseconds_since
from serving.routes import Answer, Route

VERSION = "3.17.2"  # of MLflow, whose scoring server the answers are compared with
FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
JSON = "application/json"
HEADER = {"present": True, "absent": False}  # the parameter of text/csv in RFC 4180, section 3
# https://github.com/mlflow/mlflow/blob/v3.17.2/mlflow/exceptions.py, HTTP_STATUS_TO_ERROR_CODE
ERROR_CODES = {404: "ENDPOINT_NOT_FOUND", 500: "INTERNAL_ERROR"}


def routes(model: Model, base: str) -> dict[str, Route]:
    """Make the routes of the door below a path."""

    def invocations(call: Call, line: Line) -> Answer:
        started = perf_counter()
        form, value = _asked(call, model.media)
        line.parse_ms = milliseconds_since(started)
        started = perf_counter()
        predictions = model.predictions(form, value)
        line.predict_ms = milliseconds_since(started)
        return _answer(call, predictions)

    return {
        f"{base}/invocations": Route(
            {"POST": invocations}, _described("invocations", model.media), error
        ),
        f"{base}/ping": Route({"GET": _healthy}, _described("ping"), error),
        f"{base}/health": Route({"GET": _healthy}, _described("health"), error),
        f"{base}/version": Route({"GET": _version}, _described("version"), error),
    }


def _described(name: str, media: Sequence[str] = ()) -> Callable[[], Mapping[str, Any]]:
    def describe() -> Mapping[str, Any]:
        from apps.doors.described import mlflow

        return mlflow(name, media)

    return describe


def error(status: int, text: str) -> Any:
    """Make the body of an error as MLflow's clients read it."""
    return {"error_code": ERROR_CODES.get(status, "BAD_REQUEST"), "message": text}


def _healthy(*_: object) -> bytes:
    return b"\n"


def _version(*_: object) -> Answer:
    return VERSION.encode(), {"Content-Type": "text/plain"}


def _asked(call: Call, media: Sequence[str]) -> tuple[str, Any]:
    """Read a request's form and what it holds."""
    content_type, parameters = _content_type(call.header("content-type"))
    if content_type not in (JSON, *media):
        *most, last = JSON, *media
        rule = f"use {', '.join(most)} or {last}"
        raise UnsupportedMediaType(f"Content-Type {content_type or 'is missing'}: {rule}")
    if content_type not in (JSON, CSV):
        return "file", call.body()
    try:
        text = call.body().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadRequest(f"the body is not UTF-8: {problem}") from problem
    if content_type == CSV:
        return "csv", Csv(text, HEADER.get(parameters.get("header", "")))
    return _form(text)


def _content_type(header: str) -> tuple[str, dict[str, str]]:
    """Read a content type and its parameters: charset, and for CSV header, as RFC 4180 has it.

    MLflow takes UTF-8 alone, and refuses every other parameter.
    """
    content_type, *rest = [part.strip().lower() for part in header.split(";")]
    pairs = [part.partition("=")[::2] for part in rest if part]
    parameters = {name: value.strip('"') for name, value in pairs}
    for name, value in parameters.items():
        known: Any = {"charset": ["utf-8"], "header": HEADER if content_type == CSV else ()}
        if value not in known.get(name, ()):
            taken = "charset=utf-8, and header=present or header=absent with text/csv"
            raise UnsupportedMediaType(
                f"Content-Type {header}: {name}={value} is not one of {taken}"
            )
    return content_type, parameters


def _form(text: str) -> tuple[str, Any]:
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as problem:
        raise BadRequest(f"the body is not JSON: {problem}") from problem
    keys = sorted(document) if isinstance(document, dict) else []
    forms = [key for key in keys if key != "params"]  # which MLflow ignores without a schema of it
    if len(forms) != 1 or forms[0] not in FORMS:
        got = f"the keys {', '.join(keys)}" if keys else f"{type(document).__name__}"
        raise BadRequest(f"send an object with exactly one of {', '.join(FORMS)}, got {got}")
    return forms[0], document[forms[0]]


def _answer(call: Call, predictions: Any) -> Answer:
    if call.header("accept").split(",")[0].partition(";")[0].strip().lower() == CSV:
        from apps.doors.lines import written

        return written(predictions).encode(), {"Content-Type": f"{CSV}; charset=utf-8"}
    return msgspec.json.encode({"predictions": predictions})
