import hashlib
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.pytorch_example.parts import part

labels = part("network.labels")
# Of the lines that timm 1.0.31 gives.
SHA256 = "a40d9be82eb4738becd1dd69991b89f87f309975e860a6f3f45395d8c06a7e0d"
CLASSES = {
    0: "tench, Tinca tinca",
    1: "goldfish, Carassius auratus",
    134: "crane",
    207: "golden retriever",
    258: "Samoyed, Samoyede",
    279: "Arctic fox, white fox, Alopex lagopus",
    285: "Egyptian cat",
    517: "crane",
    934: "hotdog, hot dog, red hot",
    999: "toilet tissue, toilet paper, bathroom tissue",
}


def test_there_are_1000_labels_and_only_the_crane_is_two_things() -> None:
    found = labels.read_labels()
    assert len(found) == 1000
    assert {label for label in found if found.count(label) > 1} == {"crane"}


@pytest.mark.parametrize(("index", "label"), CLASSES.items())
def test_a_class_has_the_index_that_the_weights_give_it(index: int, label: str) -> None:
    assert labels.read_labels()[index] == label


def test_the_labels_are_those_that_the_script_made() -> None:
    text = "\n".join(labels.read_labels())
    assert hashlib.sha256(text.encode()).hexdigest() == SHA256


def test_the_file_names_its_source_and_its_licences() -> None:
    text = labels.LABELS.read_text()
    assert text.startswith(labels.HEADER)
    assert "timm 1.0.31" in text
    assert "Apache-2.0" in text


def test_lemmas_are_read_in_the_order_of_the_synsets(tmp_path: Path) -> None:
    wheel = tmp_path / "timm.whl"
    with ZipFile(wheel, "w") as archive:
        archive.writestr(f"{labels.DATA}/imagenet_synsets.txt", "n2\nn1\n")
        lemmas = "n1\tdog, hound\nn2\tcat\nn3\tcow\n"
        archive.writestr(f"{labels.DATA}/imagenet_synset_to_lemma.txt", lemmas)
    assert labels.lemmas(wheel) == ["cat", "dog, hound"]
