"""Sequences and maps, against ONNX Runtime's own Python package."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto

from engines.onnx import Session
from engines.tensor import KINDS, Tensor, nested, pack
from tests.model_directory import REPOSITORY

from ..running import run_alone
from .models import from_map, joined, split, zip_map

FLOAT32, INT64 = KINDS[1], KINDS[7]
ROWS = np.array([[0.25, 0.75], [1, np.nan], [3, 4]], np.float32)


def package(path: Path, given: Any) -> Any:
    session = onnxruntime.InferenceSession(path)
    (made,) = session.run(None, {session.get_inputs()[0].name: given})
    return made


def computed(path: Path, given: Tensor) -> Tensor:
    (made,) = Session(path, threads=1).run([given])
    return made


def tensor(array: NDArray[Any]) -> Tensor:
    return Tensor(array.shape, array.tobytes())


def test_a_sequence_of_tensors_comes_out(tmp_path: Path) -> None:
    path = split(tmp_path / "m.onnx")
    wanted = package(path, ROWS)
    assert computed(path, tensor(ROWS)) == Tensor((3,), [tensor(row) for row in wanted])


def test_a_sequence_of_tensors_goes_in(tmp_path: Path) -> None:
    path = joined(tmp_path / "m.onnx")
    parts = [np.arange(size, dtype=np.float32) for size in (3, 1, 2)]
    given = Tensor((3,), [tensor(part) for part in parts])
    assert computed(path, given) == tensor(package(path, parts))


def test_maps_by_text_and_by_number_come_out(tmp_path: Path) -> None:
    for labels in ({"classlabels_strings": ["yes", "no"]}, {"classlabels_int64s": [-7, 2**40]}):
        path = zip_map(tmp_path / "m.onnx", **labels)
        made: Any = computed(path, tensor(ROWS)).content
        key = KINDS[8] if "classlabels_strings" in labels else INT64
        pairs = [tuple(map(nested, (key, FLOAT32), row.content)) for row in made]
        maps = [dict(zip(*pair, strict=True)) for pair in pairs]
        np.testing.assert_equal(maps, package(path, ROWS))


def test_maps_by_text_and_by_number_go_in(tmp_path: Path) -> None:
    values = Tensor((2,), pack(FLOAT32, [0.5, 2]))
    path = from_map(tmp_path / "m.onnx", TensorProto.STRING, string_vocabulary=["a", "b", "c"])
    given = Tensor((2,), [Tensor((2,), ["c", "a"]), values])
    assert computed(path, given) == tensor(package(path, {"c": 0.5, "a": 2.0}))
    path = from_map(tmp_path / "m.onnx", TensorProto.INT64, int64_vocabulary=[7, 9, 8])
    given = Tensor((2,), [Tensor((2,), pack(INT64, [9, 7])), values])
    assert computed(path, given) == tensor(package(path, {9: 0.5, 7: 2.0}))


# Kibibytes that stay behind.
LEAK = """
from engines.onnx import Session
split, zipped, joined, vector = (Session(path, 1) for path in sys.argv[1:])
rows = Tensor((50, 2), bytes(400))
parts = Tensor((9,), [Tensor((100,), bytes(400))] * 9)
map_ = Tensor((2,), [Tensor((2,), ["a" * 300, "b"]), Tensor((2,), bytes(8))])
def rounds(count):
    for _ in range(count):
        split.run([rows]), zipped.run([rows]), joined.run([parts]), vector.run([map_])
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
before = rounds(300)
print(rounds(1500) - before)
"""


def test_hundreds_of_runs_leave_nothing_behind(tmp_path: Path) -> None:
    models = (
        split(tmp_path / "split.onnx"),
        zip_map(tmp_path / "zipped.onnx", classlabels_strings=["yes" * 100, "no"]),
        joined(tmp_path / "joined.onnx"),
        from_map(tmp_path / "m.onnx", TensorProto.STRING, string_vocabulary=["a" * 300]),
    )
    assert int(run_alone(tmp_path, LEAK, *models)) < 1000


def test_a_model_of_tensors_does_without_what_sequences_need(tmp_path: Path) -> None:
    program = "from engines.onnx import Session; session = Session(sys.argv[1], 1)\n"
    ran = "session.run([Tensor((1, 4), bytes(16))]); print(*sys.modules)"
    loaded = run_alone(tmp_path, program + ran, REPOSITORY / "onnx-example/app/model.onnx").split()
    assert "engines.onnx.values" in loaded
    assert not {"engines.onnx.containers", "engines.narrow"} & set(loaded)
