"""Which operators of a model LiteRT cannot serve; imported when it has refused one."""

from collections.abc import Iterator
from ctypes import c_int, c_size_t
from typing import Any

from engines.litert.api import Api

# Of LiteRtOpCode; those whose outputs have as many elements as the values make.
CUSTOM = 32
VALUES_MAKE_THE_SIZE = {103: "UNIQUE", 109: "WHERE", 120: "NON_MAX_SUPPRESSION"}
VALUES_MAKE_THE_SIZE[121] = VALUES_MAKE_THE_SIZE[120]


def blamed(api: Api, model: Any) -> str:
    """Say which operators are to blame, and what to do; empty where it is none of those known."""
    operators = list(_operators(api, model))
    customs = {api.text("GetCustomCode", one) for code, one in operators if code == CUSTOM}
    if customs:
        return (
            f"it has the operators {', '.join(sorted(customs))}, which are not LiteRT's own; those"
            " that begin with Flex are TensorFlow's. Convert the model with built-in operators"
            " alone: converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]"
        )
    codes = {code for code, _ in operators}
    names = [name for code, name in VALUES_MAKE_THE_SIZE.items() if code in codes]
    if names:
        return (
            f"it has the operators {', '.join(dict.fromkeys(names))}, and an output whose size"
            " depends on the values: convert the model without them, and select from its outputs"
            " afterwards"
        )
    return ""


def _operators(api: Api, model: Any) -> Iterator[tuple[int, Any]]:
    for index in range(api.get("GetNumModelSubgraphs", model, of=c_size_t)):
        graph = api.get("GetModelSubgraph", model, index)
        for number in range(api.get("GetNumSubgraphOps", graph, of=c_size_t)):
            operator = api.get("GetSubgraphOp", graph, number)
            yield api.get("GetOpCode", operator, of=c_int), operator
