from pathlib import Path

import pytest

from engines.errors import ModelError
from engines.torch.card import Card, PortCard, read_card, write_card

LETTERS = PortCard("letters", "int64", ("n", 3), (0, 49))
CARD = Card("2.13", [LETTERS], [PortCard("é", "float32", ())], {"n": (1, 8)})


def test_a_card_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_card(CARD, tmp_path / "network.so")
    assert [path.name for path in tmp_path.iterdir()] == ["network.json"]
    assert read_card(tmp_path / "network.so") == CARD


def test_a_port_has_the_bounds_of_its_values() -> None:
    port = LETTERS.port()
    assert (port.name, port.shape) == ("letters", ("n", 3))
    assert (port.kind.name, port.kind.minimum, port.kind.maximum) == ("int64", 0, 49)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"torch": "2.13", "inputs": 3, "outputs": [], "sizes": {}}',
        '{"torch": "2.13", "inputs": [], "outputs": [], "sizes": {"n": [1]}}',
        '{"torch": "2.13", "inputs": [{"name": "x", "kind": "bfloat16", "shape": [],'
        ' "values": null}], "outputs": [], "sizes": {}}',
    ],
)
def test_a_damaged_card_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "network.json").write_text(text)
    with pytest.raises(ModelError, match=r"cannot read network\.json beside the network: "):
        read_card(tmp_path / "network.so")


def test_a_missing_card_is_refused_with_what_writes_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"python3 -m engines\.torch\.build writes both"):
        read_card(tmp_path / "network.so")
