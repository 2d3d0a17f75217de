"""Decode the file of a photograph, turn it upright, cut out its centre."""

import warnings
from io import BytesIO
from typing import NamedTuple

from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from serving.errors import BadRequest, TooLarge
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


def pixels(content: bytes, resize: int, side: int, allowance: Allowance | None = None) -> bytes:
    """Cut out the centre of a photograph, as torchvision's Resize(resize) and CenterCrop(side) do.

    Args:
        content: a JPEG, PNG, WebP or GIF file, as a caller sent it; of an animation the first frame
            is taken.
        resize: what the photograph's short side becomes, in pixels.
        side: of the square that is cut out, in pixels; at most `resize`.
        allowance: one for all photographs of a request; without it there is but this one.

    Returns:
        shape (side, side, 3), uint8, RGB, upright; transparent parts are white.

    Raises:
        BadRequest: the file is empty, truncated, damaged or of another kind.
        TooLarge: it has more pixels than its format may have, or the function has memory for, or
            than are left of the allowance.
    """
    try:
        with DECODERS:
            opened = _opened(content, 2 * resize)
            (allowance or Allowance()).take(opened.share)
            return _on_white(_centre(_upright(opened), resize, side)).tobytes()
    except (BadRequest, TooLarge, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise TooLarge("the photograph has too many pixels") from error
    except Exception as error:  # Pillow raises nearly anything on a bad file
        fault = "truncated" if "truncated" in str(error) else "damaged"
        raise BadRequest(f"the photograph is {fault}") from error


def _opened(content: bytes, draft: int) -> Opened:
    """Open a file by its first bytes; Image.open would import formats by the dozen."""
    if not content:
        raise BadRequest("the photograph is empty")
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content, draft)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _webp(content)
    if content.startswith((b"GIF87a", b"GIF89a")):
        return _gif(content)
    raise BadRequest("the photograph is not a JPEG, PNG, WebP or GIF file")


def _jpeg(content: bytes, draft: int) -> Opened:
    jpeg = checked_jpeg(content)
    image = JpegImageFile(BytesIO(jpeg.content))
    width, height = image.size
    image.draft(None, (draft, draft))  # it is decoded at a half, quarter or eighth
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


def _centre(image: Image.Image, resize: int, side: int) -> Image.Image:
    """Resize the square in the centre alone: of a panorama nothing else is computed."""
    if image.mode == "I;16":  # convert would make white of all above 255
        image = image.point(lambda value: value / 256)
        image.info.pop("transparency", None)
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode != "RGB":
        image = image.convert("RGB")
    short = min(image.size)
    width, height = (resize * length // short for length in image.size)
    left, top = round((width - side) / 2), round((height - side) / 2)
    x, y = image.width / width, image.height / height
    box = (left * x, top * y, (left + side) * x, (top + side) * y)
    return image.resize((side, side), Image.Resampling.BILINEAR, box)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    background = Image.new("RGB", image.size, WHITE)
    background.paste(image, mask=image)
    return background
