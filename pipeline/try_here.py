"""`try`: the app on this machine's Python, without Docker, loaded again when a file changes."""

from __future__ import annotations

import threading

from pipeline.errors import PipelineError
from pipeline.loop.running import Loop
from pipeline.loop.server import Server
from pipeline.options import Options
from pipeline.scratch import scratch_folder

POLL_SECONDS = 0.2


def run(options: Options) -> None:
    """Answer requests until a signal comes, and write a line for each.

    Raises:
        PipelineError: there is no such model, or the port cannot be had.
    """
    if not options.model_directory.exists():
        raise PipelineError(f"there is no file or directory {options.model_directory}")
    with scratch_folder(options.scratch) as folder, Server(options.port) as server:
        loop = Loop(options, folder, server.port)
        server.answer = loop.answer
        try:
            loop.refresh()
            threading.Thread(target=loop.watch, daemon=True).start()
            server.serve_forever(POLL_SECONDS)
        finally:
            loop.close()
