"""Decode the file of a photograph, turn it upright, resize what the model looks at."""

import warnings
from io import BytesIO
from typing import NamedTuple

from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from serving.errors import BadRequest, TooLarge
from serving.photographs.framing import Framing
from serving.photographs.jpeg import MAX_SCANNED_PIXELS, checked_jpeg
from serving.photographs.limits import DECODERS, MAX_PIXELS, Allowance, check_size
from serving.photographs.orientation import orientation

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
WHITE = (255, 255, 255)
# Memory for each pixel while it is decoded, turned, and made RGB with a copy for its transparency.
# Of a JPEG that is for the pixels that are left at its reduced scale.
BYTES_PER_PIXEL = {"JPEG": 12, "PNG": 16, "WebP": 24, "GIF": 10}

# Pillow raises an error at twice this number. It also checks the sizes that show up while decoding.
Image.MAX_IMAGE_PIXELS = max(MAX_PIXELS.values()) // 2
# Its warnings about a caller's file do not belong in the log.
warnings.filterwarnings("ignore", module=r"PIL\.")


class Opened(NamedTuple):
    """A photograph that may be decoded: its turn, and its share of the most that decoding costs."""

    image: ImageFile
    orientation: int
    share: float


def pixels(content: bytes, framing: Framing, allowance: Allowance | None = None) -> bytes:
    """Make the pixels that a model looks at of a photograph.

    Args:
        content: a JPEG, PNG, WebP or GIF file, as a caller sent it; of an animation the first frame
            is taken.
        framing: which part of it, in how many pixels.
        allowance: one for all photographs of a request; without it there is but this one.

    Returns:
        shape (height, width, 3), uint8, RGB, or (height, width) where the framing is grey; upright;
        transparent parts are white.

    Raises:
        BadRequest: the file is empty, truncated, damaged or of another kind.
        TooLarge: it has more pixels than its format may have, or the function has memory for, or
            than are left of the allowance.
    """
    try:
        with DECODERS:
            opened = _opened(content, framing)
            (allowance or Allowance()).take(opened.share)
            return _framed(_upright(opened), framing).tobytes()
    except (BadRequest, TooLarge, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise TooLarge("the photograph has too many pixels") from error
    except Exception as error:  # Pillow raises nearly anything on a bad file
        fault = "truncated" if "truncated" in str(error) else "damaged"
        raise BadRequest(f"the photograph is {fault}") from error


def _opened(content: bytes, framing: Framing) -> Opened:
    """Open a file by its first bytes; Image.open would import formats by the dozen."""
    if not content:
        raise BadRequest("the photograph is empty")
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content, framing)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _webp(content)
    if content.startswith((b"GIF87a", b"GIF89a")):
        return _gif(content)
    raise BadRequest("the photograph is not a JPEG, PNG, WebP or GIF file")


def _jpeg(content: bytes, framing: Framing) -> Opened:
    jpeg = checked_jpeg(content)
    image = JpegImageFile(BytesIO(jpeg.content))
    width, height = image.size
    least_width, least_height = framing.least
    # It is decoded at a half, quarter or eighth.
    image.draft(None, (2 * least_width, 2 * least_height))
    scale = image.width * image.height / (width * height)
    # A progressive one is held as a whole, with 2 bytes for each component of a pixel.
    held = 2 * jpeg.components if jpeg.progressive else 0
    check_size("JPEG", width, height, held + BYTES_PER_PIXEL["JPEG"] * scale)
    share = max(jpeg.scans * jpeg.pixels / MAX_SCANNED_PIXELS, jpeg.pixels / MAX_PIXELS["JPEG"])
    return Opened(image, orientation(jpeg.exif, jpeg.xmp), share)


def _png(content: bytes) -> Opened:
    from PIL.PngImagePlugin import PngImageFile

    from serving.photographs.png import needed_png

    png = needed_png(content)
    image = PngImageFile(BytesIO(png.content))
    return _other("PNG", image, orientation(png.exif, png.xmp))


def _webp(content: bytes) -> Opened:
    from PIL.WebPImagePlugin import WebPImageFile

    from serving.photographs.webp import size

    # Opening it already makes room for the pixels.
    check_size("WebP", *size(content), BYTES_PER_PIXEL["WebP"])
    image = WebPImageFile(BytesIO(content))
    exif, xmp = image.info.get("exif", b""), image.info.get("xmp", b"")
    return _other("WebP", image, orientation(exif, xmp))


def _gif(content: bytes) -> Opened:
    from PIL.GifImagePlugin import GifImageFile

    from serving.photographs.gif import first_frame

    return _other("GIF", GifImageFile(BytesIO(first_frame(content))), 1)


def _other(kind: str, image: ImageFile, turn: int) -> Opened:
    check_size(kind, *image.size, BYTES_PER_PIXEL[kind])
    return Opened(image, turn, image.width * image.height / MAX_PIXELS[kind])


def _upright(opened: Opened) -> Image.Image:
    opened.image.load()
    turn = UPRIGHT.get(opened.orientation)
    return opened.image if turn is None else opened.image.transpose(turn)


def _framed(image: Image.Image, framing: Framing) -> Image.Image:
    part = framing.part(image.size)
    image = _with_colours(image).resize(part.size, Image.Resampling.BILINEAR, part.box)
    image = _on_white(image)
    if part.size != (framing.width, framing.height):
        around = Image.new("RGB", (framing.width, framing.height), (framing.margin,) * 3)
        around.paste(image, part.place)
        image = around
    return image.convert("L") if framing.grey else image


def _with_colours(image: Image.Image) -> Image.Image:
    """Make RGB of it, or RGBA where it may be transparent."""
    if image.mode == "I;16":  # convert would make white of all above 255
        image = image.point(lambda value: value / 256)
        image.info.pop("transparency", None)
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode == "RGB" else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    background = Image.new("RGB", image.size, WHITE)
    background.paste(image, mask=image)
    return background
