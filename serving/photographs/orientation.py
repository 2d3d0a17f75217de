"""Find how a photograph must be turned, in its EXIF or XMP data.

Pillow's own reader of EXIF copies what each entry points to: of 65,535 entries that point to the
same megabytes it makes gigabytes.

Source: EXIF 2.32, sections 4.5 and 4.6; https://exiftool.org/TagNames/EXIF.html has the values.
"""

import re

MAX_ENTRIES = 1000  # of EXIF's first directory; cameras write about 20
ORIENTATION = 0x0112
BYTE, SHORT, LONG = 1, 3, 4  # types of an entry's value
SIZES = {BYTE: 1, SHORT: 2, LONG: 4}
IN_XMP = re.compile(rb"tiff:Orientation\s*(?:=\s*[\"']|>)\s*([1-8])")


def orientation(exif: bytes, xmp: bytes) -> int:
    """Read the orientation, from 1 to 8; 1, upright, where there is none that can be read."""
    found = _in_exif(exif.removeprefix(b"Exif\0\0"))
    if found is None:
        match = IN_XMP.search(xmp)
        found = int(match[1]) if match else 1
    return found if 1 <= found <= 8 else 1


def _in_exif(exif: bytes) -> int | None:
    if exif[:4] == b"II*\0":
        order = "little"
    elif exif[:4] == b"MM\0*":
        order = "big"
    else:
        return None

    def number(start: int, size: int) -> int:
        return int.from_bytes(exif[start : start + size], order)  # type: ignore[arg-type]

    directory = number(4, 4)
    for entry in range(min(number(directory, 2), MAX_ENTRIES)):
        start = directory + 2 + 12 * entry
        if number(start, 2) == ORIENTATION and len(exif) >= start + 12:
            return number(start + 8, SIZES.get(number(start + 2, 2), 0))
    return None
