"""Takes the registration of operators that are never called out of PyTorch's library.

Loading libtorch_cpu.so runs a constructor for each of 376 source files: most of a cold start. Many
register operators for what running a compiled network does not do: training, tracing, function
transforms, sparse and quantized tensors, TorchScript. PyTorch registers for their dispatch keys
fallbacks that pass a call on (aten/src/ATen/core/VariableFallbackKernel.cpp), which stay.

Source: System V ABI, chapter 5: .init_array, a list of functions that relocations fill in.
"""

import re
import subprocess
from collections.abc import Collection, Iterator
from mmap import mmap
from pathlib import Path
from struct import pack_into, unpack_from

# The source files, by what their names begin with; their other code stays.
UNNEEDED = (
    *("ADInplaceOrViewType", "VariableType", "autocast_mode"),  # training
    *("TraceType", "RegisterFunctionalization", "RegisterMeta"),
    *("register_c10_ops", "register_prim_ops", "dnnl_backend"),
    *("BatchRules", "DynamicLayer", "LegacyBatching", "VmapMode"),  # function transforms
    *("RegisterNestedTensor", "RegisterQuantized", "RegisterSparse"),
    *("library", "qconv_unpack"),  # more of quantized and sparse tensors
)
# Without these the library is not the one that this was tried with.
NEEDED = ("RegisterCPU", "RegisterSchema", "VariableFallbackKernel", "BackendSelectFallback")
CONSTRUCTOR = re.compile(r"^([0-9a-f]+) t _GLOBAL__sub_I_(\S+)\.cpp$", re.MULTILINE)

Segment = tuple[int, int, int]  # address, position in the file, bytes
LOAD, DYNAMIC = 1, 2  # kinds of segments
RELA, RELASZ, INIT_ARRAY, INIT_ARRAYSZ = 7, 8, 25, 27  # entries of the dynamic segment
RELATIVE = (8, 1027)  # R_X86_64_RELATIVE, R_AARCH64_RELATIVE
ENTRY_BYTES, RELOCATION_BYTES, ADDRESS_BYTES = 16, 24, 8


class LayoutError(Exception):
    """The library is not laid out as the one that this was written for: nothing is changed."""


def drop(library: Path) -> list[str]:
    """Shorten the list of constructors.

    Args:
        library: a shared library of 64 bits, little-endian, with its symbols; it is changed.

    Returns:
        the source files whose constructors run no more.

    Raises:
        LayoutError: nothing was dropped; the message says why.
    """
    files = _source_files(library)
    _check_files(library.name, set(files.values()))
    unneeded = {at: file for at, file in files.items() if file.startswith(UNNEEDED)}
    left_out = _shorten(library, unneeded.keys())
    return sorted(unneeded[address] for address in left_out)


def _source_files(library: Path) -> dict[int, str]:
    """The source file of each constructor, by its address; none once symbols are stripped."""
    symbols = subprocess.run(["nm", library], check=True, capture_output=True, text=True).stdout
    return {int(address, 16): file for address, file in CONSTRUCTOR.findall(symbols)}


def _check_files(library: str, files: set[str]) -> None:
    missing = [
        start for start in (*NEEDED, *UNNEEDED) if not any(f.startswith(start) for f in files)
    ]
    if missing:
        raise LayoutError(f"{library} has no constructors of {', '.join(missing)}")


def _shorten(library: Path, unneeded: Collection[int]) -> list[int]:
    with library.open("r+b") as file, mmap(file.fileno(), 0) as content:
        entries = _dynamic(content)
        listed = sorted(_listed(content, entries))
        if not listed or len(listed) * ADDRESS_BYTES != _value(content, entries, INIT_ARRAYSZ):
            raise LayoutError(f"{library.name}: its constructors are not listed as relocations")
        functions = [function for _, _, function in listed]
        kept = [function for function in functions if function not in unneeded]
        for (_, position, _), function in zip(listed, kept, strict=False):
            pack_into("<q", content, position + 16, function)
        pack_into("<Q", content, entries[INIT_ARRAYSZ], len(kept) * ADDRESS_BYTES)
    return [function for function in functions if function in unneeded]


def _segments(content: mmap, kind: int) -> Iterator[Segment]:
    first, size, count = (*unpack_from("<Q", content, 32), *unpack_from("<HH", content, 54))
    for position in range(first, first + size * count, size):
        found, _, offset, address, _, length = unpack_from("<IIQQQQ", content, position)
        if found == kind:
            yield address, offset, length


def _dynamic(content: mmap) -> dict[int, int]:
    """Where in the file the value of each entry of the dynamic segment is."""
    ((_, offset, length),) = _segments(content, DYNAMIC)
    positions = range(offset, offset + length, ENTRY_BYTES)
    return {unpack_from("<q", content, position)[0]: position + 8 for position in positions}


def _value(content: mmap, entries: dict[int, int], entry: int) -> int:
    value: int = unpack_from("<Q", content, entries[entry])[0] if entry in entries else 0
    return value


def _listed(content: mmap, entries: dict[int, int]) -> Iterator[tuple[int, int, int]]:
    """Of each constructor its place in memory, its relocation's in the file, and its address."""
    array, array_bytes = (_value(content, entries, entry) for entry in (INIT_ARRAY, INIT_ARRAYSZ))
    address, length = (_value(content, entries, entry) for entry in (RELA, RELASZ))
    position = _position(content, address)
    for relocation in range(position, position + length, RELOCATION_BYTES):
        place, kind, function = unpack_from("<QQq", content, relocation)
        if array <= place < array + array_bytes and kind in RELATIVE:
            yield place, relocation, function


def _position(content: mmap, address: int) -> int:
    for start, offset, length in _segments(content, LOAD):
        if start <= address < start + length:
            return offset + address - start
    return 0
