"""Puts an engine behind requests for photographs, as its card says."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from apps.images.answering import serve_photographs
from apps.images.card import Labels, read_card
from apps.images.naming import Names, best, scores, softmax_percents
from apps.images.numbers import Numbers
from apps.images.requests import DEFAULT_PREDICTIONS, requests
from engines.tensor import Tensor
from serving.photographs import Allowance, Framing, pixels

if TYPE_CHECKING:
    from engines.engine import Engine
    from serving.routes import Route

DESCRIPTION = "Answers what the model finds on one photograph, or on each of several."


def serve(engine: "Engine", card_path: str) -> Callable[[Any, Any], Any]:
    """Make the Lambda function of a model.

    Args:
        engine: that has loaded it, of one input.
        card_path: what `apps.build.images` wrote of it.
    """
    card = read_card(card_path)
    image, (port,) = card.image, engine.inputs
    (quantisation,) = getattr(engine, "input_quantisation", (None,))
    numbers = Numbers(image, port.kind, quantisation)
    grey = image.color == "gray"
    framing = Framing(image.width, image.height, image.resize, image.short_side, image.margin, grey)
    answer, answer_type = _answers(engine, card.labels)

    def look(content: bytes, count: int, allowance: Allowance | None) -> Any:
        tensor = numbers.tensor(pixels(content, framing, allowance))
        return answer(engine.run([tensor]), count)

    labels = len(card.labels.names) if card.labels else 0
    described, asked = card.description or DESCRIPTION, requests(labels)

    def doors() -> "Mapping[str, Route]":
        from apps.doors import routes
        from apps.doors.model import platform_of
        from apps.doors.photographs import Photographs

        count = min(DEFAULT_PREDICTIONS, labels)
        return routes(Photographs(look, count, platform_of(engine), engine.outputs))

    return serve_photographs(
        look, asked, answer_type, described, "lambda-docker", engine.about, doors
    )


def _answers(engine: "Engine", labels: Labels | None) -> tuple[Callable[..., Any], Any]:
    """Make what turns outputs into an answer, and the type of the answers."""
    if labels is None:
        from apps.images.outputs import Outputs

        outputs = Outputs(engine.outputs)
        return lambda tensors, count: outputs.answer(tensors), outputs.answer_type
    port, names = engine.outputs[labels.output], labels.names
    quantised = getattr(engine, "output_quantisation", [None] * len(engine.outputs))

    def named(tensors: list[Tensor], count: int) -> list[Any]:
        found = scores(port, tensors[labels.output], quantised[labels.output])
        if labels.scores == "logits":
            return best(names, softmax_percents(found), count)
        return best(names, [100 * score for score in found], count)

    return named, Names
