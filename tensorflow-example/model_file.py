"""Put the model into the image: a file of one's own, or the one that is downloaded.

    python model_file.py OUT

MODEL_FILE names a file; without it MODEL_URL is downloaded, whose SHA-256 is MODEL_SHA256. A
file of one's own is checked if MODEL_SHA256 is that of no download.
"""

import hashlib
import os
import sys
from urllib.request import urlopen

URL = (
    "https://github.com/google-coral/test_data/raw/104342d2d3480b3e66203073dac24f4e2dbb4c41/"
    "tf2_mobilenet_v2_1.0_224_ptq.tflite"
)
SHA256 = "5d3137241276e79c86d14a74fe43581398ae0e815191d3dba45495b810840e8c"
TIMEOUT_SECONDS = 60


def find(environ: "os._Environ[str] | dict[str, str]") -> tuple[bytes, str]:
    """Find the model, and what its SHA-256 must be; empty for anything."""
    wanted = environ.get("MODEL_SHA256", "")
    if path := environ.get("MODEL_FILE"):
        with open(path, "rb") as file:
            return file.read(), wanted
    url = environ.get("MODEL_URL") or URL
    with urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
        return answer.read(), wanted or SHA256


def main(out: str) -> None:
    """Write the model, or say why it is not the right one."""
    try:
        content, wanted = find(os.environ)
    except (OSError, ValueError) as error:
        sys.exit(f"no model: {error}. Name a file that you have: MODEL_FILE=/path/to.tflite")
    digest = hashlib.sha256(content).hexdigest()
    print(f"model: SHA-256 {digest}")
    if wanted not in ("", digest):
        sys.exit(f"the model should have the SHA-256 {wanted}: it is damaged, or another file")
    with open(out, "wb") as file:
        file.write(content)


if __name__ == "__main__":
    main(sys.argv[1])
