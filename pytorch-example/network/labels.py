"""Make imagenet-labels.txt: WordNet's lemmas of ImageNet's 1,000 classes, in their order.

    pip download --no-deps timm==1.0.31
    python3 -m network.labels timm-1.0.31-py3-none-any.whl

timm ships the synsets of the classes and the lemmas of all synsets; nothing of it is imported.
"""

import sys
from pathlib import Path
from zipfile import ZipFile

LABELS = Path(__file__).with_name("imagenet-labels.txt")
DATA = "timm/data/_info"
HEADER = """\
# The 1,000 classes of ImageNet (ILSVRC 2012) as WordNet's lemmas, in the order of the synsets'
# numbers, which is that of the weights. Made by labels.py from the metadata of timm 1.0.31
# (Apache-2.0, Ross Wightman). The words are WordNet 3.0's: Copyright 2006 by Princeton University,
# free for any use with this notice (wordnet.princeton.edu).
"""


def lemmas(wheel: Path) -> list[str]:
    """Read the label of each class out of timm's wheel."""
    with ZipFile(wheel) as archive:
        synsets = archive.read(f"{DATA}/imagenet_synsets.txt").decode().split()
        lines = archive.read(f"{DATA}/imagenet_synset_to_lemma.txt").decode().splitlines()
    labels = dict(line.split("\t", 1) for line in lines)
    return [labels[synset] for synset in synsets]


def read_labels(path: Path = LABELS) -> tuple[str, ...]:
    """Read the labels back, without the lines that say where they are from."""
    lines = path.read_text().splitlines()
    return tuple(line for line in lines if not line.startswith("#"))


if __name__ == "__main__":
    LABELS.write_text(HEADER + "\n".join(lemmas(Path(sys.argv[1]))) + "\n")
