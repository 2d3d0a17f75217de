"""A socket in the state folder that leads to the control plane's port.

Who may open it is who may enter the state folder, or has it mounted: its own functions. What comes
through it is checked as all else that comes to the port.
"""

import asyncio
import os
import socket
import threading
from pathlib import Path

from local.relay.inside import relay

NAME = "s3.sock"
MOST_PATH_BYTES = 100  # of a socket; Linux takes 107, macOS 103


def serve(folder: Path, port: int) -> Path:
    """Listen on a socket in a folder, in a thread of its own; the socket's path."""
    path = folder / NAME
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    if len(os.fsencode(path)) <= MOST_PATH_BYTES:
        listening.bind(str(path))
    else:  # on Linux it has a shorter name
        directory = os.open(folder, os.O_RDONLY)
        listening.bind(f"/proc/self/fd/{directory}/{NAME}")
        os.close(directory)
    path.chmod(0o666)  # for the user that functions run as; the folder is ours alone
    threading.Thread(target=lambda: asyncio.run(_listen(listening, port)), daemon=True).start()
    return path


async def _listen(listening: socket.socket, port: int) -> None:
    server = await asyncio.start_unix_server(
        lambda reader, writer: relay(reader, writer, asyncio.open_connection("127.0.0.1", port)),
        sock=listening,
    )
    await server.serve_forever()
