"""-n: a model directory, of a model's file or to start from."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

from pipeline.commands import say
from pipeline.errors import GivenError
from pipeline.given.adoption import create, is_given
from pipeline.model.contents import left_out
from pipeline.options import Options
from pipeline.places import BASE_EXAMPLE


def run(options: Options) -> None:
    """Write the directory and print its path.

    Raises:
        GivenError: there is something at the path already, or no model's file was named.
        PipelineError: the file cannot be served.
    """
    into = options.into or Path()
    if into.exists():
        raise GivenError(f"{into} is there already: name a new directory")
    if options.directory is None:
        shutil.copytree(BASE_EXAMPLE, into, ignore=lambda _folder, names: {*left_out(names)})
    elif is_given(options.directory):
        create(options.directory, into, os.environ, options.stays_here)
    else:
        raise GivenError(f"{options.directory} is a directory: -n makes one of a model's file")
    path = shlex.quote(str(into))
    say(f"Written: {into}. Deploy it: bash pipeline.sh -l -s dev -r -p {path} -d -t")
    print(into)
