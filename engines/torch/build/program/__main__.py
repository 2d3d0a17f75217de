"""Compiles a program that `torch.export.save` wrote, and compares it with PyTorch.

    python3 -m engines.torch.build.program model.pt2 columns.json /var/task --answers /tmp/answers

Writes network.so and network.json as `engines.torch.build` does, and into the file of --found what
a person should know. columns.json may be missing; it may say which whole numbers an input has:

    {"inputs": {"token_ids": {"minimum": 0, "maximum": 30521}}}
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from engines.torch.build import answers, compiling, exporting
from engines.torch.build.answers import DifferenceError
from engines.torch.build.description import Described, DescriptionError
from engines.torch.build.program import sampling, sizes
from engines.torch.build.program.bounds import Limits
from engines.torch.build.program.loading import Loaded, load
from engines.torch.build.program.speech import WAY_OUT
from engines.torch.card import write_card

ENGINE = "engines.torch:Network"


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="engines.torch.build.program", description=__doc__)
    parser.add_argument("model", type=Path, help="the .pt2 file")
    parser.add_argument("columns", type=Path, help="what the user says; may be missing")
    parser.add_argument("out", type=Path, help="the folder for the network")
    parser.add_argument("--answers", type=Path, help="the file that keeps what it must answer")
    parser.add_argument("--found", type=Path, help="the file for what a person should know")
    return parser.parse_args(arguments)


def read_told(columns: Path) -> dict[str, Limits]:
    """Read which whole numbers inputs may have, where a `columns.json` says it.

    Raises:
        DescriptionError: it is not such a file.
    """
    if not columns.is_file():
        return {}
    try:
        inputs = json.loads(columns.read_bytes()).get("inputs", {})
        return {name: (int(of["minimum"]), int(of["maximum"])) for name, of in inputs.items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        rule = 'must be as {"inputs": {"ids": {"minimum": 0, "maximum": 9}}}'
        raise DescriptionError(f"columns.json {rule}: {error!r}") from error


def build(loaded: Loaded, out: Path) -> tuple[Described, answers.Answers]:
    """Write the network's files, once it answers as the program does in PyTorch."""
    program, described = loaded.program, sampling.with_least(loaded.described)
    exporting.refuse_changes(program.run_decompositions({}))
    exporting.refuse_other_outputs(described, program)
    card, library = exporting.card(described, program), out / "network.so"
    compiling.compile_to(program, library)
    open_sizes = sizes.compiled(program, described)
    described = replace(described, open_sizes=open_sizes)
    write_card(card._replace(sizes=open_sizes), library)
    expected = sampling.answers(described)
    answers.check(expected, ENGINE, library)
    return described, expected


def told(loaded: Loaded, compiled: Described) -> str:
    """Say what a person should know of a program."""
    lines = [f"PyTorch {loaded.wrote} wrote the program."]
    for name, (least, largest) in compiled.open_sizes.items():
        line, exported = f"The size `{name}` is {least} to {largest}.", loaded.described.open_sizes
        if largest < exported[name][1] < sizes.LARGEST:
            line += f" The program has up to {exported[name][1]}, PyTorch compiled it for fewer."
        lines.append(line)
    lines += [f"`{name}` is {value!r} in the program." for name, value in loaded.fixed.items()]
    return "".join(f"\n{line}\n" for line in lines)


def main(arguments: list[str]) -> int:
    """Do what the command line says, and end with 1 where the program cannot be served."""
    options = parse(arguments)
    try:
        loaded = load(options.model, read_told(options.columns))
        compiled, expected = build(loaded, options.out)
    except (DescriptionError, DifferenceError) as error:
        way_out = "" if "torch.onnx.export" in str(error) else f". Or {WAY_OUT}"
        sys.exit(f"the model cannot be served: {error}{way_out}")
    if options.answers:
        answers.write(expected, options.answers)
    if options.found:
        options.found.write_text(told(loaded, compiled), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
