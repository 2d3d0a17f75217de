"""Whether the words of a program are ones that PyTorch may look up, evaluate or execute."""

import json
import re
from collections.abc import Iterator
from typing import Any

from engines.torch.build.description import DescriptionError

WAY_OUT = "torch.onnx.export makes an .onnx of the same network"
OPERATOR = re.compile(
    r"torch\.ops\.(aten|prims|higher_order)(\.\w+){1,2}"
    r"|torch\.(_C\._set_grad_enabled|sym_(int|float|max|min|not|ite|sum))"
    r"|_operator\.(add|sub|mul|floordiv|truediv|mod|pow|neg|getitem|eq|ne|lt|le|gt|ge|and_|or_)"
    r"|math\.(ceil|floor|trunc)"
)
FROM_FILES = re.compile(r"torch\.ops\.(aten\.(from_file|save)|higher_order\.triton\w*)\b.*")
SYMBOL = re.compile(r"Symbol\('[a-z]+[0-9]+'(, \w+=True)*\)|\b[suz][0-9]+\b")
FUNCTIONS = re.compile(
    r"\b(Integer|Rational|Float|Add|Mul|Pow|Max|Min|Mod|PythonMod|FloorDiv|CeilDiv|CleanDiv|"
    r"ModularIndexing|PowByNatural|IntTrueDiv|FloatTrueDiv|ToFloat|TruncToInt|CeilToInt|FloorToInt|"
    r"Eq|Ne|Equality|Unequality|StrictLessThan|StrictGreaterThan|LessThan|GreaterThan|And|Or|Not|"
    r"Identity|true|false|precision|evaluate|True|False)\b"
)
ARITHMETIC = re.compile(r"[0-9 ()+\-*/,.<>=&|~%']*")
NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*(\.[A-Za-z_0-9]+)*|")
NAMES = ("name", "as_name", "class_fqn")
LOOKED_UP = ("target", "as_operator")
CONTAINERS = (None, "builtins.tuple", "builtins.list", "builtins.dict", "collections.OrderedDict")
ENUM = "__enum__"  # a key that names a class
SIZE = r"L(\['\w+'\]|\[[0-9]+\])+\.size\(\)\[[0-9]+\]"
# What the bounds of sizes say as well, and one name for sizes that are equal.
GUARD = re.compile(rf"{SIZE} (== {SIZE}|(>=|<=|==) [0-9]+)")


def check(program: Any) -> None:
    """Look at all words of a program that PyTorch does more with than read them.

    Raises:
        DescriptionError: one is none that it must look up, evaluate or execute.
    """
    graph = program["graph_module"]
    for key, value in walk(program):
        if key in LOOKED_UP and isinstance(value, str):
            _check_operator(value)
        elif key == "expr_str":
            _check_expression(value)
        elif key in NAMES and isinstance(value, str) and not NAME.fullmatch(value):
            raise DescriptionError(f"the program has the name {value!r}. {WAY_OUT}")
        elif (key == "custom_obj_values" and value) or key == "as_custom_obj":
            raise DescriptionError(f"the program holds an object of a class. {WAY_OUT}")
    for guard in program.get("guards_code", []):
        _check_guard(guard)
    for call in graph["module_call_graph"]:
        _check_signature(call["signature"] or {})


def walk(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield each key of an object in a JSON value, with what it has."""
    if isinstance(value, list):
        for item in value:
            yield from walk(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key, item
            yield from walk(item)


def _check_operator(target: str) -> None:
    if not OPERATOR.fullmatch(target) or FROM_FILES.fullmatch(target):
        named = target.removeprefix("torch.ops.")
        raise DescriptionError(
            f"the program calls {named}, which is no operator of PyTorch's own that can be compiled"
            f" here. {WAY_OUT}"
        )


def _check_expression(expression: str) -> None:
    rest = FUNCTIONS.sub("", SYMBOL.sub("", expression))
    if not ARITHMETIC.fullmatch(rest):
        raise DescriptionError(f"the program has the size {expression!r}. {WAY_OUT}")


def _check_guard(guard: str) -> None:
    if not GUARD.fullmatch(guard):
        raise DescriptionError(
            f"the program takes only inputs with {guard}, which a compiled network does not check:"
            " export it with sizes that are free within their bounds, as Dim(…, min=…, max=…) has"
            f" them. {WAY_OUT}"
        )


def _check_signature(signature: dict[str, Any]) -> None:
    for name in signature.get("forward_arg_names") or []:
        if not name.isidentifier():
            raise DescriptionError(f"the program has the argument {name!r}. {WAY_OUT}")
    for side in ("in_spec", "out_spec"):
        for key, value in walk(_spec(signature.get(side))):
            is_class = key == "context" and ENUM in str(value)
            if is_class or (key == "type" and value not in CONTAINERS):
                raise DescriptionError(
                    f"the program takes or gives {value}: return tensors alone, in a tuple, a list"
                    f" or a dict. {WAY_OUT}"
                )


def _spec(text: str | None) -> Any:
    return json.loads(text) if text else None
