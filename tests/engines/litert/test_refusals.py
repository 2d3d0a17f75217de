"""What cannot be served rightly is refused when it is loaded, with what to do."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from engines.errors import ModelError, RunError
from engines.litert import Model
from engines.tensor import Tensor
from tests.engines.running import run_alone
from tests.model_directory import REPOSITORY

from .models import Signature, Spec, Step, added, cast, tflite

PAIR = ("float32", (1, 2))


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "model.tflite"
    path.write_bytes(content)
    return path


def one_step(step: Step, source: Any = PAIR, target: Any = PAIR) -> bytes:
    return tflite([Spec("a", *source), Spec("b", *target)], [step], ["a"], ["b"])


def custom(name: str) -> bytes:
    return one_step(Step("CUSTOM", ["a"], ["b"], custom=name))


WHERE = Step("WHERE", ["a"], ["b"], options=schema.WhereOptionsT())
BUILT_IN = r"converter\.target_spec\.supported_ops = \[tf\.lite\.OpsSet\.TFLITE_BUILTINS\]"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a TensorFlow Lite model"),
        (b"\x1c\0\0\0TFL9", "is not a TensorFlow Lite model"),
        (b"\x1c\0\0\0TFL3", "cannot be loaded: LiteRT met a file that cannot be read"),
        (custom("FlexErf"), f"the operators FlexErf, which are not LiteRT's own.*{BUILT_IN}"),
        (custom("MyOwn"), "the operators MyOwn, which are not LiteRT's own"),
        (custom("MaxUnpooling2D"), "the operators MaxUnpooling2D"),  # LiteRT has a stub of it
        (one_step(WHERE, ("bool", (4,)), ("int64", (None, 1))), "the operators WHERE, and an outp"),
        (one_step(WHERE, ("bool", (4,)), ("int64", (4, 1))), "the operators WHERE, and an output"),
        (cast("string", "float32"), "input from has elements of text: convert the model with one"),
        (cast("float32", "int4"), "output to has elements of int4: convert the model with one of"),
        (cast("complex64", "int32"), "input from has elements of complex64"),
    ],
)
def test_a_model_that_cannot_be_served_is_refused(
    content: bytes, message: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match=message):
        Model(saved(tmp_path, content), 1)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^none\.tflite is missing$"):
        Model(tmp_path / "none.tflite", 1)


def test_one_of_several_signatures_must_be_named(tmp_path: Path) -> None:
    specs = [Spec("a", *PAIR), Spec("b", *PAIR)]
    steps = [Step("NEG", ["a"], ["b"], options=schema.NegOptionsT())]
    signatures = [Signature(key, {"a": "a"}, {"b": "b"}) for key in ("train", "infer")]
    path = saved(tmp_path, tflite(specs, steps, ["a"], ["b"], signatures))
    with pytest.raises(ModelError, match="no signature serving_default, but train, infer: name"):
        Model(path, 1)
    assert Model(path, 1, "infer").inputs[0].name == "a"


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(1, 3)], "the model takes 2 tensors, got 1"),
        ([(1, 3), (1, 4)], r"right is float32 of shape \[\?, 3\], got the shape \[1, 4\]"),
        ([(3,), (1, 3)], r"left is float32 of shape \[\?, 3\], got the shape \[3\]"),
        ([(0, 3), (0, 3)], r"left is float32 of shape \[\?, 3\], got the shape \[0, 3\]"),
        ([(2, 3), (4, 3)], "LiteRT met a fault while it computed"),
    ],
)
def test_a_refused_run_leaves_the_model_as_it_was(
    shapes: list[Any], message: str, tmp_path: Path
) -> None:
    model = Model(saved(tmp_path, added()), 1)
    ones = np.ones((2, 3), "f4")
    good = [Tensor(ones.shape, ones.tobytes())] * 2
    for _ in range(3):
        with pytest.raises(RunError, match=message):
            model.run([Tensor(shape, bytes(4 * int(np.prod(shape)))) for shape in shapes])
        assert model.run(good) == [Tensor((2, 3), (2 * ones).tobytes())]


def test_fewer_bytes_than_the_shape_has_are_refused(tmp_path: Path) -> None:
    model = Model(saved(tmp_path, added()), 1)
    with pytest.raises(RunError, match=r"left of shape \[1, 3\] is 12 bytes of float32"):
        model.run([Tensor((1, 3), bytes(11)), Tensor((1, 3), bytes(12))])


# Kibibytes that stay behind 300 runs of changing sizes.
LEAK = """
from engines.litert import Model
model = Model(sys.argv[1], 1)
def rounds(count):
    for number in range(count):
        rows = 1000 + number % 7
        model.run([Tensor((rows, 3), bytes(rows * 12))] * 2)
    return int(open("/proc/self/statm").read().split()[1]) * 4
before = rounds(100)
print(rounds(300) - before)
"""


def test_runs_of_changing_sizes_leave_no_memory_behind(tmp_path: Path) -> None:
    assert int(run_alone(tmp_path, LEAK, saved(tmp_path, added()))) < 1000


LOAD = "from engines.litert import Model; Model(sys.argv[1], 1)"
# LiteRT says it once in a process, whatever it is told.
ITS_ONE_LINE = "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"


def test_loading_a_model_says_one_line_and_writes_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path, added())
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; {LOAD}", str(path)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(REPOSITORY), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (ran.stdout, ran.stderr) == ("", ITS_ONE_LINE)
    assert list(tmp_path.iterdir()) == [path]
