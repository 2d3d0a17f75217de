import pytest

from pipeline.errors import DockerError, FunctionError, GoldenError, OutOfMemory
from pipeline.image.function import Function
from pipeline.memory import sweep as module
from pipeline.memory.sweep import MEMORIES_MB, sweep
from pipeline.model.golden import Golden
from pipeline.model.settings import settings

Failures = dict[int, Exception]
FUNCTION = Function("a-model", "image", settings({}, {}), {}, Golden(1, 2))


class Containers:
    """Stands in for containers: as fast as their memory is large, and some memories fail."""

    def __init__(self, failures: Failures) -> None:
        self.failures = failures
        self.ran: list[int] = []

    def cold_and_warm_ms(self, _function: Function, memory_mb: int) -> tuple[float, float]:
        self.ran.append(memory_mb)
        if memory_mb in self.failures:
            raise self.failures[memory_mb]
        return 100_000 / memory_mb, 10_000 / memory_mb


def run(containers: Containers, monkeypatch: pytest.MonkeyPatch) -> module.Sweep:
    monkeypatch.setattr(module, "_cold_and_warm_ms", containers.cold_and_warm_ms)
    return sweep([FUNCTION], rounds=2)["a-model"]


def test_the_memories_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    containers = Containers({})
    found = run(containers, monkeypatch)
    assert containers.ran == [*MEMORIES_MB, *MEMORIES_MB]
    assert tuple(point.memory_mb for point in found.points) == MEMORIES_MB


def test_a_memory_that_fails_is_told_and_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    containers = Containers({512: OutOfMemory("none left"), 1024: GoldenError("another answer")})
    found = run(containers, monkeypatch)
    assert found.failures == {512: "out of memory", 1024: "does not answer its golden request"}
    assert [point.memory_mb for point in found.points] == [1536, 1769, 2048, 3008]
    assert containers.ran.count(512) == 1


def test_a_model_that_runs_with_no_memory_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    failures: Failures = {memory_mb: FunctionError("it died") for memory_mb in MEMORIES_MB}
    with pytest.raises(FunctionError, match="a-model runs with no memory from 512 to 3,008 MB"):
        run(Containers(failures), monkeypatch)


def test_docker_failing_ends_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DockerError, match="no daemon"):
        run(Containers({1024: DockerError("no daemon")}), monkeypatch)
