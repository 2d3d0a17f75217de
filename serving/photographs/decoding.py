"""Decode the file of a photograph, turn it upright, cut out its centre."""

import warnings
from io import BytesIO

from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from serving.errors import BadRequest, TooLarge
from serving.photographs.structure import check_jpeg, needed_png

MAX_PIXELS = 50_000_000
MAX_SIDE = 65_535  # what a JPEG can have; Pillow needs much memory for each row of a PNG
ORIENTATION = 0x0112  # EXIF's number of it; the values: https://exiftool.org/TagNames/EXIF.html
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

# Pillow raises an error at twice this number. It also checks the sizes that show up while decoding:
# those of animations and of WebP.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
# Its warnings about a caller's file do not belong in the log.
warnings.filterwarnings("ignore", module=r"PIL\.")


def pixels(content: bytes, resize: int, side: int) -> bytes:
    """Cut out the centre of a photograph, as torchvision's Resize(resize) and CenterCrop(side) do.

    Args:
        content: a JPEG, PNG, WebP or GIF file, as a caller sent it; of an animation the first frame
            is taken.
        resize: what the photograph's short side becomes, in pixels.
        side: of the square that is cut out, in pixels; at most `resize`.

    Returns:
        shape (side, side, 3), uint8, RGB, upright; transparent parts are white.

    Raises:
        BadRequest: the file is empty, truncated, damaged or of another kind.
        TooLarge: it has more than `MAX_PIXELS`, or a side of more than `MAX_SIDE`.
    """
    try:
        image = _opened(content)
        if image.width * image.height > MAX_PIXELS:
            raise _too_large(f"{image.width} x {image.height} pixels")
        if max(image.size) > MAX_SIDE:
            raise TooLarge(f"the photograph has more than {MAX_SIDE} pixels on a side")
        image.draft(None, (2 * resize, 2 * resize))  # a JPEG is decoded at a half, quarter, eighth
        return _on_white(_centre(_upright(image), resize, side)).tobytes()
    except (BadRequest, TooLarge, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise _too_large("too many pixels") from error
    except Exception as error:  # Pillow raises nearly anything on a bad file
        fault = "truncated" if "truncated" in str(error) else "damaged"
        raise BadRequest(f"the photograph is {fault}") from error


def _too_large(size: str) -> TooLarge:
    return TooLarge(f"the photograph has {size}, the limit is {MAX_PIXELS // 10**6} megapixels")


def _opened(content: bytes) -> ImageFile:
    """Open a file by its first bytes; Image.open would import formats by the dozen."""
    if not content:
        raise BadRequest("the photograph is empty")
    if content.startswith(b"\xff\xd8\xff"):
        check_jpeg(content)
        return JpegImageFile(BytesIO(content))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        from PIL.PngImagePlugin import PngImageFile

        return PngImageFile(BytesIO(needed_png(content)))
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        from PIL.WebPImagePlugin import WebPImageFile

        return WebPImageFile(BytesIO(content))
    if content.startswith((b"GIF87a", b"GIF89a")):
        from PIL.GifImagePlugin import GifImageFile

        return GifImageFile(BytesIO(content))
    raise BadRequest("the photograph is not a JPEG, PNG, WebP or GIF file")


def _upright(image: ImageFile) -> Image.Image:
    image.load()
    try:
        turn = UPRIGHT.get(image.getexif().get(ORIENTATION, 1))
    except Exception:  # the photograph is good, its EXIF data is not
        turn = None
    return image if turn is None else image.transpose(turn)


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
