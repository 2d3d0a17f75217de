"""How photographs become a model's input: its shape, and what `columns.json` says of it."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from apps.build.input_shape import find_layout
from apps.images.card import Color, Image
from engines.errors import ModelError
from serving.photographs.framing import Way

Fraction = Annotated[str, Meta(pattern=r"^1/[1-9][0-9]*(\.[0-9]+)?$")]
EXAMPLE = (
    '"color": "RGB", "resize": "crop", "short_side": 256, "scale": "1/255",'
    ' "mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225]'
)
MEANT = {
    "color": 'the order of the channels: "color": "RGB" or "BGR"',
    "resize": 'what becomes of a photograph of another size: "resize": "crop", "stretch", "fit" or'
    ' "fit_corner"',
    "scale": "how pixels of 0 to 255 become its numbers, (pixel * scale - mean) / deviation:"
    ' "scale": "1/255", or 1 for none',
}


class ToldImage(Struct, forbid_unknown_fields=True):
    """What `columns.json` says of the image; what the shape says may be left out."""

    color: Color | None = None
    resize: Way | None = None
    short_side: Annotated[int, Meta(ge=1, le=4096)] | None = None
    margin: Annotated[int, Meta(ge=0, le=255)] = 0
    scale: Annotated[float, Meta(gt=0)] | Fraction | None = None
    mean: float | list[float] = 0.0
    deviation: float | list[float] = 1.0
    width: Annotated[int, Meta(ge=1, le=4096)] | None = None
    height: Annotated[int, Meta(ge=1, le=4096)] | None = None
    layout: Literal["NCHW", "NHWC"] | None = None


def image_of(engine: Any, told: ToldImage) -> Image:
    """Join the shape of a model's one input with what its user says.

    Raises:
        ModelError: they contradict each other, or something is in neither.
    """
    layout = find_layout(engine.inputs[0], told.layout)
    sides = {
        "width": _side("width", told.width, layout.width),
        "height": _side("height", told.height, layout.height),
    }
    scale = _scale(engine, told)
    channels = layout.channels
    color: Any = "gray" if channels == 1 else _needed("color", told.color)
    if (color == "gray") != (channels == 1):
        raise ModelError(f"columns.json: color is {color}, but the input has {channels} channels")
    return Image(
        **sides,
        planar=layout.planar,
        shape=layout.shape(sides["width"], sides["height"]),
        color=color,
        resize=_needed("resize", told.resize),
        short_side=_short_side(told, sides),
        margin=told.margin,
        scale=scale,
        mean=_of_channels("mean", told.mean, channels),
        deviation=_of_channels("deviation", told.deviation, channels),
    )


def _needed(name: str, value: Any) -> Any:
    if value is None:
        raise ModelError(f'columns.json must say {MEANT[name]}. As in {{"image": {{{EXAMPLE}}}}}')
    return value


def _side(name: str, told: int | None, found: int | None) -> int:
    if found is None and told is None:
        raise ModelError(
            f'the model leaves the {name} open: say it in columns.json, as in {{"image":'
            f' {{"{name}": 224}}}}'
        )
    if found is not None and told not in (None, found):
        raise ModelError(f"columns.json: {name} is {told}, the model's is {found}")
    return found or told or 0


def _short_side(told: ToldImage, sides: dict[str, int]) -> int:
    if told.short_side is None:
        return 0
    if told.resize != "crop":
        raise ModelError('columns.json: short_side belongs to "resize": "crop"')
    if told.short_side < max(sides.values()):
        raise ModelError(
            f"columns.json: short_side is {told.short_side}, the input {sides['width']} x"
            f" {sides['height']}: it must be at least the longer of these"
        )
    return told.short_side


def _scale(engine: Any, told: ToldImage) -> float | None:
    kind = engine.inputs[0].kind
    (quantised,) = getattr(engine, "input_quantisation", (None,))
    if kind.python is float or (quantised and (told.scale or kind.name != "uint8")):
        scale = _needed("scale", told.scale)
        return 1 / float(scale[2:]) if isinstance(scale, str) else float(scale)
    if told.scale is not None or told.mean != 0.0 or told.deviation != 1.0:
        raise ModelError(
            f"columns.json: the input is of {kind.name}, which takes pixels as they are: leave out"
            " scale, mean and deviation"
        )
    if kind.maximum < 255:
        raise ModelError(f"the input is of {kind.name}, which has no room for pixels of 0 to 255")
    return None


def _of_channels(name: str, told: float | list[float], channels: int) -> list[float]:
    values = told if isinstance(told, list) else [told] * channels
    if len(values) != channels:
        raise ModelError(f"columns.json: {name} has {len(values)} numbers for {channels} channels")
    if name == "deviation" and not all(values):
        raise ModelError("columns.json: a deviation of 0 divides by 0")
    return values
