"""The most memory that a container has had, from its control group.

Files that the container was the first to read count as well; anything that was in the page cache
before does not.
"""

from __future__ import annotations

from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")


def peak_bytes(pid: int, proc: Path = Path("/proc"), groups: Path = GROUPS) -> int | None:
    """The peak of the control group that a process is in; None where this machine has no count.

    Args:
        pid: a process of the container, as the host numbers it.
        proc: the host's processes.
        groups: the host's control groups, of version 1 or 2.

    Source: https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v2.html (memory.peak), and
        .../admin-guide/cgroup-v1/memory.html (memory.max_usage_in_bytes)
    """
    try:
        lines = (proc / str(pid) / "cgroup").read_text().splitlines()
    except OSError:
        return None  # Docker runs in a virtual machine of its own
    for _, controllers, path in (line.split(":", 2) for line in lines):
        inside = path.lstrip("/")
        one = groups / "memory" / inside / "memory.max_usage_in_bytes"
        two = groups / inside / "memory.peak"
        counter = one if "memory" in controllers.split(",") else two
        if counter.is_file():
            return int(counter.read_text())
    return None
