from pathlib import Path

import pytest
from example import ExampleError

from benchmarks.suite import sweep as module
from benchmarks.suite.engine import BenchError
from benchmarks.suite.sandbox import FunctionError, OutOfMemory
from benchmarks.suite.sweep import MEMORIES_MB, sweep
from benchmarks.suite.variants import Variant

Failures = dict[int, Exception]


class Function:
    """Stands in for containers: as fast as its memory is large, and some memories fail."""

    def __init__(self, failures: Failures) -> None:
        self.failures = failures
        self.ran: list[int] = []

    def cold_and_warm_ms(self, _variant: Variant, memory_mb: int) -> tuple[float, float]:
        self.ran.append(memory_mb)
        if memory_mb in self.failures:
            raise self.failures[memory_mb]
        return 100_000 / memory_mb, 10_000 / memory_mb


@pytest.fixture
def model(tmp_path: Path) -> Variant:
    return Variant(tmp_path / "a-model")


def run(function: Function, model: Variant, monkeypatch: pytest.MonkeyPatch) -> module.Sweep:
    monkeypatch.setattr(module, "_cold_and_warm_ms", function.cold_and_warm_ms)
    return sweep([model], rounds=2)[model.name]


def test_the_memories_take_turns(model: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    function = Function({})
    found = run(function, model, monkeypatch)
    assert function.ran == [*MEMORIES_MB, *MEMORIES_MB]
    assert tuple(point.memory_mb for point in found.points) == MEMORIES_MB


def test_a_memory_that_fails_is_told_and_not_tried_again(
    model: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = Function({512: OutOfMemory("none left"), 1024: ExampleError("another answer")})
    found = run(function, model, monkeypatch)
    assert found.failures == {512: "out of memory", 1024: "does not answer its example"}
    assert [point.memory_mb for point in found.points] == [1536, 1769, 2048, 3008]
    assert function.ran.count(512) == 1


def test_a_model_that_runs_with_no_memory_is_an_error(
    model: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: Failures = {memory_mb: FunctionError("it died") for memory_mb in MEMORIES_MB}
    with pytest.raises(BenchError, match="a-model runs with no memory from 512 to 3,008 MB"):
        run(Function(failures), model, monkeypatch)


def test_an_engine_that_fails_ends_the_sweep(
    model: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BenchError, match="no engine"):
        run(Function({1024: BenchError("no engine")}), model, monkeypatch)
