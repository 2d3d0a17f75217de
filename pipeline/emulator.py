"""`emulator`: Lambda's Runtime Interface Emulator, for work by hand."""

from __future__ import annotations

import platform

from pipeline.errors import EmulatorError
from pipeline.image.emulator import ARCHITECTURES, emulator
from pipeline.options import Options


def run(_options: Options) -> None:
    """Print the path of the emulator for this machine.

    Raises:
        EmulatorError: there is none for this machine, or it cannot be had.
    """
    machine = platform.machine().lower()
    if machine not in ARCHITECTURES:
        raise EmulatorError(f"there is no emulator for {machine}, only for x86_64 and arm64")
    print(emulator(ARCHITECTURES[machine]))
