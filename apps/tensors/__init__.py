"""Answers requests for what a model of tensors computes, by any engine.

    {"measurements": [[39.1, 18.7]]}
    {"measurements": {"shape": [1, 2], "base64": "ZmYcQpqZlUE="}}

A request has a field for each input, an answer one for each output, in base64 if an input came so.
`forms` makes the types, `reading` the tensors of a request, `answers` what is answered.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from apps.tensors.answers import answer, check_sizes, has_base64
from apps.tensors.forms import answer_type, request_type
from apps.tensors.reading import check_bounds, named_sizes, tensors
from apps.tensors.running import InputsError, Running
from serving import BadRequest, api

if TYPE_CHECKING:
    from engines.engine import Engine
    from engines.tensor import Tensor
    from serving.application import Application
    from serving.routes import Route


def serve(engine: "Engine") -> "Application[Any, Any]":
    """Make the Lambda function of a model, and run it once.

    Args:
        engine: that has loaded it.
    """
    inputs, outputs = engine.inputs, engine.outputs
    model, asked, answered = Running(engine), request_type(inputs), answer_type(outputs)

    bounds = getattr(engine, "sizes", {})  # of engines.torch, whose open sizes have some

    def run(given: "Sequence[Tensor]", raw: bool) -> "list[Tensor]":
        sizes = named_sizes(inputs, given)
        check_bounds(bounds, sizes)
        check_sizes(outputs, sizes, raw)
        try:
            return model.predict(given)
        except InputsError as error:
            raise BadRequest(str(error)) from error

    def handler(request: Any) -> Any:
        """Runs the model; answers in base64 if an input came so."""
        given, raw = tensors(inputs, request), has_base64(inputs, request)
        return answer(answered, outputs, run(given, raw), raw)

    def doors() -> "Mapping[str, Route]":
        from apps.doors import routes
        from apps.doors.tensors import Tensors

        return routes(Tensors(engine, asked, lambda request: tensors(inputs, request), run))

    handler.__annotations__ = {"request": asked, "return": answered}
    application: Application[Any, Any] = api(facts=engine.about)(handler)
    application.later(doors)
    return application
