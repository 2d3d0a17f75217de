"""The likeliest of a model's labels, each with its percentage."""

from collections.abc import Sequence
from heapq import nlargest
from math import exp
from typing import Any

from apps.images.answering import Failure
from apps.images.quantisation import Quantisation
from engines.tensor import Port, Tensor, nested

Prediction = tuple[str, float]
# A list of [label, percent], best first; for input_urls a list of such lists and failures. JSON
# checkers cannot tell two kinds of lists apart, hence one type for both.
Names = list[list[str | float | Prediction] | Failure]


def best(labels: Sequence[str], percents: Sequence[float], count: int) -> list[Any]:
    """Name the likeliest, as many as are asked for; the first of equal ones."""
    places = nlargest(count, range(len(percents)), key=percents.__getitem__)
    return [(labels[place], percents[place]) for place in places]


def softmax_percents(logits: Sequence[float]) -> list[float]:
    """Make percentages of logits, which add up to 100."""
    most = max(logits)
    powers = [exp(logit - most) for logit in logits]
    scale = 100 / sum(powers)
    return [power * scale for power in powers]


def scores(port: Port, tensor: Tensor, quantisation: Quantisation | None) -> list[float]:
    """List the elements of an output, whatever its shape; of quantised ones what they stand for."""
    count = len(tensor.content) // port.kind.element_bytes
    numbers: list[float] = nested(port.kind, Tensor((count,), tensor.content))
    if quantisation is None:
        return numbers
    return [quantisation.scale * (number - quantisation.zero_point) for number in numbers]
