"""What the OpenAPI document says of the doors; imported when a caller asks for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.doors.messages import InferenceRequest
from serving.events import BYTES
from serving.responses import ERROR, JSON

Value = dict[str, Any]
CSV = "text/csv"
TEXT = {"type": "string"}
SHAPE = {"type": "array", "items": {"type": "integer"}}
FILE = {"type": "string", "format": "binary", "contentMediaType": BYTES}


def schema(title: str, description: str, required: Sequence[str] = (), **properties: Any) -> Value:
    """Spell an object's schema, which its title names."""
    said = {"title": title, "description": description, "type": "object"}
    return {**said, "properties": properties, "required": [*required]}


FRAME = schema(
    "Frame",
    "A table as pandas' orient `split` has it.",
    ["columns", "data"],
    columns={"type": "array", "items": TEXT},
    data={"type": "array", "items": {"type": "array"}},
)
INVOCATION = schema(
    "Invocation",
    "Rows, or inputs by name, in exactly one of MLflow's forms.",
    dataframe_split=FRAME,
    dataframe_records={"type": "array", "items": {"type": "object"}},
    instances={"type": "array"},
    inputs={},
    params={},
)
PREDICTIONS = schema(
    "Predictions", "A prediction for each row; outputs by name.", ["predictions"], predictions={}
)
REFUSAL = schema(
    "InvocationError",
    "An error as MLflow's clients read it.",
    ["error_code", "message"],
    error_code=TEXT,
    message=TEXT,
)
OUTPUT = schema(
    "InferenceOutput",
    "A tensor; without data, its bytes are behind the JSON.",
    ["name", "datatype", "shape"],
    name=TEXT,
    datatype=TEXT,
    shape=SHAPE,
    parameters={"type": "object"},
    data={"type": "array"},
)
INFERENCE = schema(
    "Inference",
    "The outputs that were asked for.",
    ["model_name", "outputs"],
    model_name=TEXT,
    model_version=TEXT,
    id=TEXT,
    outputs={"type": "array", "items": OUTPUT},
)
PORT = schema(
    "TensorMetadata",
    "A tensor's name and kind; a size of -1 is open.",
    ["name", "datatype", "shape"],
    name=TEXT,
    datatype=TEXT,
    shape=SHAPE,
)
MODEL = schema(
    "ModelMetadata",
    "What the model takes and gives.",
    ["name", "versions", "platform", "inputs", "outputs"],
    name=TEXT,
    versions={"type": "array", "items": TEXT},
    platform=TEXT,
    inputs={"type": "array", "items": PORT},
    outputs={"type": "array", "items": PORT},
)
SERVER = schema(
    "ServerMetadata",
    "The server, and what it can beside the protocol.",
    ["name", "version", "extensions"],
    name=TEXT,
    version=TEXT,
    extensions={"type": "array", "items": TEXT},
)
FLAG = {"type": "boolean"}
LIVE = schema("ServerLive", "Whether it runs.", ["live"], live=FLAG)
READY = schema("ServerReady", "Whether it answers.", ["ready"], ready=FLAG)
MODEL_READY = schema(
    "ModelReady", "Whether the model is loaded.", ["name", "ready"], name=TEXT, ready=FLAG
)
FAULT = schema("InferenceError", "An error as the protocol has it.", ["error"], error=TEXT)
TOLD = {
    "server": SERVER,
    "serverLive": LIVE,
    "serverReady": READY,
    "metadata": MODEL,
    "modelReady": MODEL_READY,
}
SUMMARIES = {
    "server": "The server, and its extensions",
    "serverLive": "Whether the server runs",
    "serverReady": "Whether the server answers",
    "metadata": "What the model takes and gives",
    "modelReady": "Whether the model is loaded",
    "infer": "Predict as servers of the Open Inference Protocol",
}
PROTOCOL = "inference"
OF_RELEASE = "OfRelease"


def mlflow(name: str, media: Sequence[str] = ()) -> Mapping[str, Any]:
    """Describe a path of MLflow's server: `invocations`, `ping`, `health` or `version`.

    Args:
        name: of the path.
        media: the content types that it takes beside JSON.
    """
    table = {"schema": TEXT}
    if name == "invocations":
        photograph = {"schema": {"type": "string", "format": "binary"}}
        others = {one: table if one == CSV else photograph for one in media}
        bodies = {JSON: {"schema": INVOCATION}, **others}
        answers = {JSON: {"schema": PREDICTIONS}, CSV: table}
        summary = "Predict as MLflow's scoring server, and SageMaker's hosting"
        return {"post": _operation("mlflow", name, summary, answers, REFUSAL, bodies)}
    if name == "version":
        summary, answers = "The version of MLflow that it answers like", {"text/plain": table}
    else:
        # What is there is an empty line, which is no JSON, though MLflow says so.
        summary, answers = "Whether the model is loaded", {JSON: {}}
    return {"get": _operation("mlflow", f"mlflow{name.title()}", summary, answers, REFUSAL)}


def inference(name: str) -> Mapping[str, Any]:
    """Describe a path of the Open Inference Protocol, by the name that clients call it by."""
    kind = name.removesuffix(OF_RELEASE)
    summary = SUMMARIES[kind] + (", of this release" if name != kind else "")
    if kind == "infer":
        bodies = {JSON: {"schema": InferenceRequest}, BYTES: {"schema": FILE}}
        answers = {JSON: {"schema": INFERENCE}, BYTES: {"schema": FILE}}
        return {"post": _operation(PROTOCOL, name, summary, answers, FAULT, bodies)}
    answers = {JSON: {"schema": TOLD[kind]}}
    return {"get": _operation(PROTOCOL, name, summary, answers, FAULT)}


def _operation(
    tag: str, name: str, summary: str, answers: Value, error: Value, bodies: Value | None = None
) -> Value:
    asked = {"requestBody": {"required": True, "content": bodies}} if bodies else {}
    # In the path's own form if the model failed, in API Gateway's if there was no room for it.
    either = {"title": error["title"].replace("Error", "Failure"), "anyOf": [error, ERROR]}
    responses = {
        "200": {"description": summary, "content": answers},
        "4XX": {"description": "What is wrong", "content": {JSON: {"schema": error}}},
        "500": {"description": "The model failed", "content": {JSON: {"schema": either}}},
    }
    return {"operationId": name, "tags": [tag], "summary": summary, **asked, "responses": responses}
