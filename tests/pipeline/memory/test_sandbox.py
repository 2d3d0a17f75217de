import os

import pytest

from pipeline.memory.sandbox import vcpus
from pipeline.model.settings import MB_PER_VCPU


@pytest.mark.parametrize(("memory_mb", "expected"), [(512, 0.289), (885, 0.5), (MB_PER_VCPU, 1)])
def test_cpus_come_with_memory(memory_mb: int, expected: float) -> None:
    assert vcpus(memory_mb) == pytest.approx(expected, abs=1e-3)


def test_there_are_never_more_cpus_than_the_machine_has() -> None:
    assert vcpus(MB_PER_VCPU * 10_000) == os.cpu_count()
