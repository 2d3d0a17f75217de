"""Takes out of the runtime's libraries what only debuggers read: a step of a Dockerfile's build.

    python serving/strip.py /opt/venv

A loader maps the segments of a file. Behind them stand names and source lines, which some wheels
bring along: half of the runtime client is that. `strip` of binutils takes it out too, but no base
image has it. Packages of a model stay as they come.

Source: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html, the header's fields, and
ch5.pheader.html, the segments.
"""

import struct
import sys
from glob import glob

# What requirements.txt brings that is compiled.
LIBRARIES = ("runtime_client.*.so", "simplejson/*.so", "msgspec/*.so")
ELF64 = b"\x7fELF\x02\x01"  # of 64 bits, the low byte first: x86_64 and arm64
SEGMENTS, SECTIONS = 0x20, 0x28  # where the header has the offsets of both tables
SIZES = 0x36  # and from here the size and the number of segments' entries, then of sections'
SEGMENT = struct.Struct("<2I6Q")  # kind, flags, offset, two addresses, bytes in the file, …


def strip_all(environment: str) -> None:
    """Cut the runtime's libraries in a virtual environment."""
    for pattern in LIBRARIES:
        for path in glob(f"{environment}/lib/python*/site-packages/{pattern}"):
            strip(path)


def strip(path: str) -> None:
    """Cut off the end of a library what no segment has; other files stay as they are."""
    with open(path, "r+b") as file:
        header = bytearray(file.read(64))
        if len(header) < 64 or not header.startswith(ELF64):
            return
        (table,) = struct.unpack_from("<Q", header, SEGMENTS)
        size, count = struct.unpack_from("<2H", header, SIZES)
        file.seek(table)
        segments = [SEGMENT.unpack_from(file.read(size)) for _ in range(count)]
        ends = [offset + length for _, _, offset, _, _, length, *_ in segments]
        struct.pack_into("<Q", header, SECTIONS, 0)
        struct.pack_into("<2H", header, SIZES + 6, 0, 0)  # no sections, and none with their names
        file.seek(0)
        file.write(header)
        file.truncate(max([table + size * count, *ends]))


if __name__ == "__main__":
    strip_all(sys.argv[1])
