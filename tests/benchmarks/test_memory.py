from pathlib import Path

import pytest

from benchmarks.suite.memory import peak_bytes

PID = 7


def machine(folder: Path, membership: str, counter: str) -> dict[str, Path]:
    """The folders of a machine on which process 7 is in a control group with a peak of 4096."""
    process, file = folder / "proc" / str(PID), folder / "groups" / counter
    process.mkdir(parents=True)
    file.parent.mkdir(parents=True)
    (process / "cgroup").write_text(membership)
    file.write_text("4096\n")
    return {"proc": folder / "proc", "groups": folder / "groups"}


@pytest.mark.parametrize(
    ("membership", "counter"),
    [
        ("5:cpu,cpuacct:/x\n4:memory:/docker/ab\n", "memory/docker/ab/memory.max_usage_in_bytes"),
        ("0::/system.slice/docker-ab.scope\n", "system.slice/docker-ab.scope/memory.peak"),
    ],
)
def test_the_peak_is_read_from_either_version_of_control_groups(
    tmp_path: Path, membership: str, counter: str
) -> None:
    assert peak_bytes(PID, **machine(tmp_path, membership, counter)) == 4096


def test_there_is_no_peak_of_a_process_in_another_machine(tmp_path: Path) -> None:
    assert peak_bytes(PID, proc=tmp_path, groups=tmp_path) is None
