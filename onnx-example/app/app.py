"""Answers requests for what `model.onnx` computes: a field for each input, and for each output."""

from answers import answer, check_sizes, has_base64
from forms import answer_type, request_type
from model import InputsError, Model
from reading import named_sizes, tensors

from serving import BadRequest, api

model = Model()
inputs, outputs = model.session.inputs, model.session.outputs
Request = request_type(inputs)
Answer = answer_type(outputs)


@api
def handler(request: Request) -> Answer:  # type: ignore[valid-type]  # they are made at start
    """Runs the model; answers in base64 if an input came so."""
    given, raw = tensors(inputs, request), has_base64(inputs, request)
    check_sizes(outputs, named_sizes(inputs, given), raw)
    try:
        computed = model.predict(given)
    except InputsError as error:
        raise BadRequest(str(error)) from error
    return answer(Answer, outputs, computed, raw)
