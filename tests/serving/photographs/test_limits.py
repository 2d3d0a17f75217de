"""How large a photograph may be: by its format, the memory, and the others of its request."""

import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import sleep

import pytest
from PIL import Image

from serving import TooLarge
from serving.photographs import Allowance, Framing, decoding, limits
from tests.serving.photographs.files import encoded, jpeg_of_scans, plain, png, webp_of_one_colour
from tests.serving.photographs.shown import cpu_seconds_of, cpu_seconds_to_refuse, pixel, pixels

REPOSITORY = Path(__file__).parents[3]
MEMORY = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"
WHITE = (255, 255, 255)
Make = Callable[[int, int], bytes]


def gif_of_one_colour(width: int, height: int) -> bytes:
    return encoded(plain("P", 0, (width, height)), "GIF", transparency=0)


def deep_png(width: int, height: int) -> bytes:
    return png((width, height), 16, 6, bytes(8))


def turned_jpeg(width: int, height: int, **options: object) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encoded(plain("RGB", (9, 8, 7), (width, height)), "JPEG", exif=exif, **options)


COSTLY: dict[str, Make] = {
    "WebP": webp_of_one_colour,
    "PNG": deep_png,
    "GIF": gif_of_one_colour,
    "JPEG": partial(turned_jpeg, progressive=True, subsampling=0),
}


@pytest.mark.parametrize("kind", ["WebP", "PNG", "GIF"])
def test_20_megapixels_are_taken_and_no_more_however_small_the_file(kind: str) -> None:
    largest = COSTLY[kind](5000, 4000)
    assert pixel(largest) == WHITE
    assert cpu_seconds_of(lambda: pixels(largest)) < 1
    message = f"has 5001 x 4000 pixels, the limit is 20 megapixels for a {kind}"
    larger = COSTLY[kind](5001, 4000)
    with pytest.raises(TooLarge, match=message):
        pixels(larger)
    assert cpu_seconds_to_refuse(larger) < 0.1


def test_a_jpeg_may_have_50_megapixels() -> None:
    assert pixel(encoded(plain("L", 7, (10_000, 5_000)), "JPEG")) == (7, 7, 7)
    with pytest.raises(TooLarge, match="the limit is 50 megapixels for a JPEG"):
        pixels(encoded(plain("L", 7, (10_001, 5_000)), "JPEG"))


def test_a_photograph_one_pixel_wide_is_refused() -> None:
    with pytest.raises(TooLarge, match="more than 65535 pixels on a side"):
        pixels(png((1, 70_000), 8, 0, b"\7"))


@pytest.mark.parametrize(
    ("memory_mib", "most"),
    [("128", "2.8"), ("512", "11.2"), ("1769", "20"), ("10240", "20"), ("", "20")],
)
def test_a_function_of_less_memory_takes_smaller_photographs(
    memory_mib: str, most: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY, memory_mib)
    with pytest.raises(TooLarge, match=f"the limit is {most} megapixels for a WebP"):
        pixels(webp_of_one_colour(5000, 5000))


USED = """
import re, sys
from serving.photographs import Framing, pixels

def most_kib():
    return int(re.search("VmHWM:\\s*([0-9]+)", open("/proc/self/status").read())[1])

content = open(sys.argv[1], "rb").read()
before = most_kib()
pixels(content, Framing(224, 224, "crop", 256))
print(most_kib() - before)
"""
# What just fits in half of 512 MiB; a progressive JPEG that is not reduced, and one that is.
LARGEST = {
    "WebP": (webp_of_one_colour, 3344, 3344),
    "PNG": (deep_png, 4090, 4090),
    "GIF": (gif_of_one_colour, 4470, 4470),
    "long JPEG": (COSTLY["JPEG"], 29_000, 510),
    "JPEG": (COSTLY["JPEG"], 5900, 5900),
}


@pytest.mark.parametrize(("make", "width", "height"), LARGEST.values(), ids=LARGEST)
def test_no_photograph_takes_more_than_half_of_the_memory(
    make: Make, width: int, height: int, tmp_path: Path
) -> None:
    file = tmp_path / "photograph"
    file.write_bytes(make(width, height))
    command = [sys.executable, "-c", USED, str(file)]
    environment = {MEMORY: "512"}
    run = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    assert 50_000 < int(run.stdout) < 512 * 1024 / 2


@pytest.mark.parametrize(
    ("memory_mib", "vcpus"), [("128", 1), ("1769", 1), ("3538", 2), ("10240", 6)]
)
def test_memory_and_decoders_are_shared_among_the_vcpus(
    memory_mib: str, vcpus: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY, memory_mib)
    assert limits.vcpus() == vcpus
    assert limits.memory_bytes() * vcpus == pytest.approx(int(memory_mib) * 2**19, abs=vcpus)


def test_no_more_decode_at_once_than_there_are_vcpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "DECODERS", threading.BoundedSemaphore(2))
    at_once, most = [], []
    opened = decoding._opened

    def slow(content: bytes, framing: Framing) -> decoding.Opened:
        at_once.append(1)
        most.append(len(at_once))
        sleep(0.05)
        at_once.pop()
        return opened(content, framing)

    monkeypatch.setattr(decoding, "_opened", slow)
    photograph = encoded(plain("RGB", (9, 8, 7)), "PNG")
    threads = [threading.Thread(target=pixels, args=(photograph,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(most), max(most)) == (6, 2)


def test_the_photographs_of_a_request_are_counted_together() -> None:
    allowance, photograph = Allowance(), webp_of_one_colour(5000, 4000)
    for _ in range(4):
        pixels(photograph, allowance=allowance)
    with pytest.raises(TooLarge, match="too large together: send fewer, or smaller ones"):
        pixels(photograph, allowance=allowance)
    assert pixels(photograph, allowance=Allowance())


def test_the_scans_of_a_jpeg_count_too() -> None:
    allowance, photograph = Allowance(1.5), jpeg_of_scans(100, side=3000)
    pixels(photograph, allowance=allowance)
    with pytest.raises(TooLarge, match="together"):
        pixels(photograph, allowance=allowance)


def test_16_photographs_of_12_megapixels_pass_together() -> None:
    allowance, photograph = Allowance(), encoded(plain("RGB", (9, 8, 7), (4000, 3000)), "JPEG")
    for _ in range(16):
        pixels(photograph, allowance=allowance)
