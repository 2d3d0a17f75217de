"""The C API against ONNX Runtime's own Python package."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import helper

from engines.errors import ModelError, RunError
from engines.onnx import Session
from engines.tensor import Tensor
from tests.model_directory import REPOSITORY

from ..running import run_alone
from .models import addition, identity, picky, save

DIRECTORY = REPOSITORY / "onnx-example"
EXAMPLE = DIRECTORY / "app/model.onnx"
START = "from engines.onnx import Session; model = sys.argv[1]\n"


def tensor(array: NDArray[Any]) -> Tensor:
    return Tensor(array.shape, array.tobytes())


def test_the_example_computes_what_the_package_computes_bit_for_bit() -> None:
    rows = np.loadtxt(
        DIRECTORY / "penguins.csv", np.float32, delimiter=",", skiprows=1, usecols=range(1, 5)
    )
    package = onnxruntime.InferenceSession(EXAMPLE)
    species, probabilities = package.run(None, {"measurements": rows})
    computed = Session(EXAMPLE, threads=1).run([tensor(rows)])
    assert computed == [(species.shape, species.tolist()), tensor(probabilities)]


def test_two_threads_compute_what_one_computes(tmp_path: Path) -> None:
    node = helper.make_node("MatMul", ["a", "b"], ["c"])
    values = (
        [("a", "float32", [256, 512]), ("b", "float32", [512, 256])],
        [("c", "float32", [256, 256])],
    )
    path = save(tmp_path / "product.onnx", [node], *values)
    generator = np.random.default_rng(0)
    inputs = [generator.standard_normal(shape).astype("f4") for shape in ((256, 512), (512, 256))]
    for threads in (1, 2):
        (product,) = Session(path, threads).run([tensor(array) for array in inputs])
        assert isinstance(product.content, bytes)
        result = np.frombuffer(product.content, "f4").reshape(product.shape)
        np.testing.assert_allclose(result, inputs[0] @ inputs[1], atol=1e-3)


@pytest.mark.parametrize(
    "shape", [None, (), (3,), ("N", 4), ("", "height", 3)], ids=["unknown", "scalar", "1", "2", "3"]
)
def test_names_types_and_shapes_are_those_of_the_file(tmp_path: Path, shape: Any) -> None:
    session = Session(identity(tmp_path / "m.onnx", "float16", shape), threads=1)
    assert [port.name for port in (*session.inputs, *session.outputs)] == ["x", "y"]
    for port in (*session.inputs, *session.outputs):
        assert port.kind.name == "float16"
        assert port.shape == shape


def test_a_failed_run_leaves_the_session_as_it_was(tmp_path: Path) -> None:
    session = Session(addition(tmp_path / "m.onnx", ["N"], ["M"]), threads=1)
    two, three = (tensor(np.ones(size, np.float32)) for size in (2, 3))
    for _ in range(100):
        with pytest.raises(RunError):
            session.run([two, three])
    assert session.run([two, two]) == [tensor(np.full(2, 2, np.float32))]


def test_another_number_of_tensors_than_inputs_is_refused() -> None:
    session, row = Session(EXAMPLE, threads=1), tensor(np.ones((1, 4), np.float32))
    for tensors in ([], [row, row]):
        with pytest.raises(RunError, match=f"^the model takes 1 tensors, got {len(tensors)}$"):
            session.run(tensors)


def test_an_answer_outlives_the_next_one() -> None:
    session = Session(EXAMPLE, threads=1)
    first = session.run([tensor(np.ones((1, 4), np.float32))])
    kept = [
        (
            value.shape,
            bytes(value.content) if isinstance(value.content, bytes) else [*value.content],
        )
        for value in first
    ]
    session.run([tensor(np.full((1, 4), 9, np.float32))])
    assert first == kept


def test_nothing_is_written_or_sent_about_what_is_run(tmp_path: Path) -> None:
    # One thread, the program's own: there is none to send it.
    program = "Session(model, 1); print(len(os.listdir('/proc/self/task')))"
    assert int(run_alone(tmp_path, START + program, EXAMPLE)) == 1
    assert list(tmp_path.iterdir()) == []


# Numbers, text, and what is refused before and while it runs; kibibytes that stay behind.
LEAK = """
from engines.errors import ModelError, RunError
text, picky = Session(sys.argv[2], 1), Session(sys.argv[3], 1)
session, row = Session(model, 1), Tensor((1, 4), bytes(16))
def refused(session, tensor):
    try:
        session.run([tensor])
    except RunError:
        return
    sys.exit("it was not refused")
def rounds(count):
    for _ in range(count):
        session.run([row])
        text.run([Tensor((2,), ["a" * 300, "b"])])
        refused(text, Tensor((3,), ["a" * 300]))
        refused(picky, Tensor((3,), bytes(12)))
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
before = rounds(1000)
print(rounds(4000) - before)
"""


def test_thousands_of_runs_that_succeed_or_fail_leave_nothing_behind(tmp_path: Path) -> None:
    text = identity(tmp_path / "text.onnx", "string", ["N"])
    models = EXAMPLE, text, picky(tmp_path / "picky.onnx")
    assert int(run_alone(tmp_path, START + LEAK, *models)) < 1000


# The row is too little for a second thread.
WAIT = """
session = Session(model, threads=2)
row = Tensor((1, 4), bytes(16))
process, thread = time.process_time(), time.thread_time()
for _ in range(2000):
    session.run([row])
working = time.thread_time() - thread
print((time.process_time() - process - working) / working)
"""


@pytest.mark.timing
def test_a_thread_that_waits_uses_hardly_any_cpu_time(tmp_path: Path) -> None:
    assert float(run_alone(tmp_path, START + WAIT, EXAMPLE)) < 0.25


def test_without_onnxruntime_the_error_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.path", [])
    with pytest.raises(ModelError, match="onnxruntime is not installed: pip install -r"):
        Session(EXAMPLE)


def test_a_file_that_is_not_a_model_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    with pytest.raises(ModelError, match=r"^model\.onnx is missing"):
        Session(path)
    path.write_text("not a model")
    with pytest.raises(ModelError, match=r"^model\.onnx cannot be loaded: "):
        Session(path)


def test_the_threads_are_those_of_the_memory_by_default(tmp_path: Path) -> None:
    program = START + "Session(model); print(len(os.listdir('/proc/self/task')))"
    assert int(run_alone(tmp_path, program, EXAMPLE)) == 1
    memory = "os.environ['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] = '3538'; "
    assert int(run_alone(tmp_path, memory + program, EXAMPLE)) == 2
