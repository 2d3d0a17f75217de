"""Answers requests for what `model.onnx` computes: a field for each input, and for each output."""

import msgspec
from forms import Raw, answer, answer_type, request_type, tensors
from model import InputsError, Model

from serving import BadRequest, api

model = Model()
inputs, outputs = model.session.inputs, model.session.outputs
Request = request_type(inputs)
Answer = answer_type(outputs)


@api
def handler(request: Request) -> Answer:  # type: ignore[valid-type]  # they are made at start
    """Runs the model; answers in base64 if an input came so."""
    try:
        computed = model.predict(tensors(inputs, request))
    except InputsError as error:
        raise BadRequest(str(error)) from error
    raw = any(isinstance(value, Raw) for value in msgspec.structs.astuple(request))
    return answer(Answer, outputs, computed, raw)
