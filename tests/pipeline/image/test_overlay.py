"""A layer, as other programs read it."""

import gzip
import hashlib
import io
import tarfile

from pipeline.image.overlay import make_layer

FILES = {"model.ubj": b"weights" * 1000, "example.json": b"{}"}


def test_a_layer_has_its_files_for_everyone_and_tells_what_is_in_it() -> None:
    layer = make_layer(FILES)
    text = gzip.decompress(layer.packed)
    assert layer.diff_id == f"sha256:{hashlib.sha256(text).hexdigest()}"
    with tarfile.open(fileobj=io.BytesIO(text)) as tar:
        members = {member.name: member for member in tar}
        assert set(members) == {"var/task/model.ubj", "var/task/example.json"}
        assert {oct(member.mode) for member in members.values()} == {"0o644"}
        file = tar.extractfile("var/task/model.ubj")
        assert file and file.read() == FILES["model.ubj"]


def test_the_same_files_give_the_same_layer_whenever_it_is_made() -> None:
    assert make_layer(FILES) == make_layer(dict(reversed(FILES.items())))
    assert make_layer(FILES).digest != make_layer({**FILES, "example.json": b"[]"}).digest
