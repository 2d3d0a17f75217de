"""What is told of a model of photographs, and what is asked for by name."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from apps.build.images import hint, make_card, read_told
from apps.images.card import ImageCard
from engines.errors import ModelError
from engines.litert import Model
from engines.tensor import KINDS, Port
from tests.apps.images.served import told
from tests.model_directory import REPOSITORY
from tests.shared import shared_file

FLOAT, UINT8, INT8, INT32 = KINDS[1], KINDS[2], KINDS[3], KINDS[6]
FULL = {"color": "RGB", "resize": "crop", "scale": "1/255"}
ABC = {"labels": ["a", "b", "c"], "scores": "logits"}


class Quantised(NamedTuple):
    scale: float = 0.5
    zero_point: int = 3


class Engine:
    """The ports of an engine."""

    def __init__(self, shape: Any, kind: Any = FLOAT, outputs: Any = ((1, 3),)) -> None:
        self.inputs = [Port("x", kind, shape)]
        self.outputs = [Port(f"y{at}", FLOAT, shape) for at, shape in enumerate(outputs)]


class QuantisedEngine(Engine):
    input_quantisation = (Quantised(),)


NHWC, NCHW = Engine((1, 20, 30, 3)), Engine(("N", 3, 20, 30))


def card(engine: Any, **fields: Any) -> ImageCard:
    return make_card(engine, told(**fields))


def refusal(engine: Any, **fields: Any) -> str:
    with pytest.raises(ModelError) as refused:
        card(engine, **fields)
    return str(refused.value)


@pytest.mark.parametrize(
    ("shape", "planar", "wanted"),
    [
        ((1, 20, 30, 3), False, [1, 20, 30, 3]),
        ((1, 3, 20, 30), True, [1, 3, 20, 30]),
        (("", 3, 20, 30), True, [1, 3, 20, 30]),
        (("batch", 20, 30, 3), False, [1, 20, 30, 3]),
        ((20, 30, 3), False, [20, 30, 3]),
        ((3, 20, 30), True, [3, 20, 30]),
    ],
)
def test_the_place_of_the_channels_is_found_in_the_shape(
    shape: Any, planar: bool, wanted: list[int]
) -> None:
    image = card(Engine(shape), image=FULL).image
    assert (image.width, image.height, image.planar, image.shape) == (30, 20, planar, wanted)
    assert (image.color, image.scale, image.mean) == ("RGB", 1 / 255, [0.0] * 3)


def test_one_channel_is_grey_without_a_word() -> None:
    image = card(Engine((1, 28, 28, 1)), image={"resize": "stretch", "scale": 1}).image
    assert (image.color, image.deviation) == ("gray", [1.0])


def test_pixels_go_as_they_are_into_integers_that_are_not_told_otherwise() -> None:
    image = {"color": "RGB", "resize": "fit"}
    for engine in (Engine((1, 2, 2, 3), UINT8), Engine((1, 2, 2, 3), INT32)):
        assert card(engine, image=image).image.scale is None
    assert card(QuantisedEngine((1, 2, 2, 3), UINT8), image=image).image.scale is None
    assert card(QuantisedEngine((1, 2, 2, 3), INT8), image={**image, "scale": 1}).image.scale == 1


@pytest.mark.parametrize(
    ("engine", "image", "message"),
    [
        (NHWC, {"resize": "crop", "scale": 1}, r'the order of the channels: "color": "RGB" or "BG'),
        (NHWC, {"color": "RGB", "scale": 1}, '"resize": "crop", "stretch", "fit" or "fit_corner"'),
        (NHWC, {"color": "RGB", "resize": "crop"}, '(pixel * scale - mean) / deviation: "scale"'),
        (
            QuantisedEngine((1, 2, 2, 3), INT8),
            {"color": "RGB", "resize": "fit"},
            '"scale": "1/255"',
        ),
        (NHWC, {**FULL, "color": "gray"}, "color is gray, but the input has 3 channels"),
        (NHWC, {**FULL, "width": 3}, "width is 3, the model's is 30"),
        (NHWC, {**FULL, "mean": [1, 2]}, "mean has 2 numbers for 3 channels"),
        (NHWC, {**FULL, "deviation": 0}, "a deviation of 0 divides by 0"),
        (NHWC, {**FULL, "short_side": 29}, "short_side is 29, the input 30 x 20: it must be at le"),
        (NHWC, {**FULL, "resize": "fit", "short_side": 40}, 'short_side belongs to "resize": "cro'),
        (NHWC, {**FULL, "layout": "NCHW"}, "an image in the order NCHW has 1 or 3 channels"),
        (
            Engine((1, 3, "", 30)),
            FULL,
            'leaves the height open: say it in columns.json, as in {"im',
        ),
        (
            Engine((1, 3, 20, 3)),
            FULL,
            'channels first or last: say it in columns.json, as in {"ima',
        ),
        (Engine((2, 20, 30, 3)), FULL, "one photograph at a time"),
        (Engine((1, 20, 30, 4)), FULL, "1 or 3 channels, first or last"),
        (Engine(None), FULL, "x is float32 of any shape"),
        (
            Engine((1, 2, 2, 3), UINT8),
            FULL,
            "input is of uint8, which takes pixels as they are",
        ),
        (Engine((1, 2, 2, 3), INT8), {"color": "RGB", "resize": "crop"}, "no room for pixels of 0"),
    ],
)
def test_what_is_missing_or_wrong_is_named(engine: Any, image: Any, message: str) -> None:
    assert message in refusal(engine, image=image)


def test_both_orders_of_one_shape_can_be_told() -> None:
    engine = Engine((1, 3, 20, 3))
    for layout, size in (("NCHW", (3, 20)), ("NHWC", (20, 3))):
        image = card(engine, image={**FULL, "layout": layout}).image
        assert (image.width, image.height) == size


def test_labels_belong_to_the_one_output_of_their_number() -> None:
    engine = Engine((1, 2, 2, 3), outputs=[("N", 7), ("N", 3, 1, 1)])
    labels = card(engine, image=FULL, **ABC).labels
    assert labels is not None
    assert (labels.output, labels.names, labels.scores) == (1, ["a", "b", "c"], "logits")
    two = Engine((1, 2, 2, 3), outputs=[(1, 3), (1, 3)])
    assert "y0 of 3 elements, y1 of 3 elements: name" in refusal(two, image=FULL, **ABC)
    labels = card(two, image=FULL, **ABC, output="y1").labels
    assert labels is not None and labels.output == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"labels": ["a", "b"], "scores": "logits"},
            "has 2 labels, the outputs are y0 of 3",
        ),
        ({"labels": ["a", "b", "c"]}, 'must say what y0 has for each label: "scores": "logits"'),
        ({**ABC, "output": "z"}, "has 3 labels, the outputs are y0 of 3 elements"),
        ({**ABC, "labels_file": "l.txt"}, "give labels or labels_file, not both"),
        ({"labels_file": "none.txt", "scores": "logits"}, "labels_file: [Errno 2] No such file"),
    ],
)
def test_labels_that_do_not_fit_are_named(fields: Any, message: str) -> None:
    assert message in refusal(NHWC, image=FULL, **fields)


def test_labels_are_read_from_a_file_without_its_comments(tmp_path: Path) -> None:
    (tmp_path / "l.txt").write_text("# from somewhere\na\nb, or B\nc\n")
    made = make_card(NHWC, told(image=FULL, labels_file="l.txt", scores="logits"), str(tmp_path))
    assert made.labels is not None and made.labels.names == ["a", "b, or B", "c"]


def test_labels_that_are_packed_into_the_model_s_file_are_found() -> None:
    path = shared_file("mobilenet_v2_1.0_224_int8.tflite")
    image = {"color": "RGB", "resize": "crop"}
    made = make_card(Model(path, 1), told(image=image, scores="probabilities"), "", str(path))
    assert made.labels is not None
    assert made.labels.names[:2] == ["background", "tench, Tinca tinca"]
    assert len(made.labels.names) == 1001
    others = {"labels": [str(number) for number in range(1001)], "scores": "logits"}
    made = make_card(Model(path, 1), told(image=image, **others), "", str(path))
    assert made.labels is not None and made.labels.names[0] == "0"


def test_two_inputs_are_no_photograph() -> None:
    engine = Engine((1, 2, 2, 3))
    engine.inputs *= 2
    assert "the model has 2 inputs" in refusal(engine, image=FULL)


def test_a_columns_json_without_an_image_is_of_tensors(tmp_path: Path) -> None:
    path = tmp_path / "columns.json"
    assert read_told(str(path)) is None
    path.write_text('{"description": "Adds."}')
    assert read_told(str(path)) is None
    path.write_text('{"image": {"colour": "RGB"}}')
    with pytest.raises(
        ModelError, match=r"columns\.json: .*unknown field colour, expected one of color, "
    ):
        read_told(str(path))
    for scale in ("0", '"1/0"', "-1", '"2/3"'):
        path.write_text(f'{{"image": {{"scale": {scale}}}}}')
        with pytest.raises(ModelError, match=r"columns\.json: image\.scale: "):
            read_told(str(path))
    path.write_text('{"image"')
    with pytest.raises(ModelError, match=r"columns\.json: Input data was truncated"):
        read_told(str(path))


def test_a_model_that_looks_like_one_of_photographs_is_told_how_to_become_one() -> None:
    assert "x may be an image. To send photographs, say in columns.json" in hint(NHWC)
    assert hint(Engine((1, 20, 30, 4))) == ""
    assert "An integer of x stands for 0.5 * (integer - 3)." in hint(QuantisedEngine((1,), INT8))


def test_the_build_s_command_writes_the_card_or_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "fake.py").write_text(
        "from engines.tensor import KINDS, Port\n"
        "class Model:\n"
        "    def __init__(self, path):\n"
        "        self.inputs = [Port('x', KINDS[1], (1, 2, 2, 3))]\n"
        "        self.outputs = [Port('y', KINDS[1], (1, 3))]\n"
    )

    def build() -> subprocess.CompletedProcess[str]:
        arguments = ["fake:Model", "model", "columns.json", "card.json"]
        return subprocess.run(
            [sys.executable, "-m", "apps.build.images", *arguments],
            cwd=tmp_path,
            env={"PYTHONPATH": f"{REPOSITORY}:{tmp_path}"},
            capture_output=True,
            text=True,
        )

    assert "x may be an image" in build().stdout
    assert not (tmp_path / "card.json").exists()
    (tmp_path / "columns.json").write_text(json.dumps({"image": {"color": "RGB"}}))
    assert build().stderr.startswith("the model cannot be served: columns.json must say")
    (tmp_path / "columns.json").write_text(json.dumps({"image": FULL}))
    assert build().returncode == 0
    made = msgspec.json.decode((tmp_path / "card.json").read_bytes(), type=ImageCard)
    assert made.image.shape == [1, 2, 2, 3]
