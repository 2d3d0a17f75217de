"""What the Dockerfiles of xgboost-example say, without building them."""

import re

from .conftest import DIRECTORY


def stages(name: str) -> list[list[str]]:
    """The instructions of each stage, each on one line; what comes before the first is alone.

    Args:
        name: of the Dockerfile.
    """
    lines = (DIRECTORY / name).read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    instructions = re.sub(r" *\\\n +", " ", text).splitlines()
    found: list[list[str]] = [[]]
    for instruction in filter(None, instructions):
        if instruction.startswith("FROM "):
            found.append([])
        found[-1].append(instruction)
    return found
