#!/usr/bin/env python3
"""In a function's container, in the emulator's place: starts it, and leads to the local S3.

It listens on the container's loopback before the emulator starts, so that the function's first line
may ask S3. LOCAL_S3_RELAY has the socket to lead to, the port to listen on, and the emulator.
"""

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable
from contextlib import suppress

CHUNK_BYTES = 65536
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def relay(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connecting: Awaitable[Streams]
) -> None:
    """Pass bytes on between a connection and another one, until both have ended."""
    try:
        other_reader, other_writer = await connecting
    except OSError:
        writer.close()
        return
    await asyncio.gather(_copy(reader, other_writer), _copy(other_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while content := await reader.read(CHUNK_BYTES):
            writer.write(content)
            await writer.drain()
    writer.close()


async def _listen(listening: socket.socket, path: str) -> None:
    server = await asyncio.start_server(
        lambda reader, writer: relay(reader, writer, asyncio.open_unix_connection(path)),
        sock=listening,
    )
    await server.serve_forever()


def main() -> None:
    """Listen in a process of its own, and become the emulator."""
    path, port, emulator = os.environ.pop("LOCAL_S3_RELAY").split()
    listening = socket.create_server(("127.0.0.1", int(port)))
    if os.fork() == 0:
        asyncio.run(_listen(listening, path))
    listening.close()
    os.execv(emulator, [emulator, *sys.argv[1:]])


if __name__ == "__main__":
    main()
