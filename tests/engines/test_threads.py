"""The threads that an engine takes."""

import pytest

from engines.threads import vcpus


@pytest.mark.parametrize(
    ("memory_mib", "threads"), [("128", 1), ("1769", 1), ("2600", 1), ("3538", 2), ("10240", 6)]
)
def test_there_is_a_thread_for_every_vcpu(
    monkeypatch: pytest.MonkeyPatch, memory_mib: str, threads: int
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory_mib)
    assert vcpus() == threads


def test_one_thread_is_used_where_lambda_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", raising=False)
    assert vcpus() == 1
