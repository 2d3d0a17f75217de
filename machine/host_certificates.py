"""The certificates that this machine trusts beyond those of an image.

    python3 machine/host_certificates.py BUNDLE KNOWN DEST

A company's network often has a certificate authority of its own. Its certificate is in the host's
bundle, but not in that of a new Debian; without it no container can open a TLS connection.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def certificates(bundle: Path) -> dict[str, str]:
    """The certificates of a PEM file, by their content without white space."""
    text = bundle.read_text(encoding="utf-8", errors="replace")
    return {"".join(pem.split()): pem for pem in CERTIFICATE.findall(text)}


def copy_unknown(bundle: Path, known: Path, destination: Path) -> int:
    """Writes each certificate of a bundle that another lacks into a file of its own.

    Args:
        bundle: PEM file of the certificates that the host trusts; need not exist.
        known: PEM file of those that need no copy.
        destination: an existing folder; gets host-1.crt, host-2.crt and so on, the names that
                update-ca-certificates looks for.

    Returns:
        how many were written.
    """
    theirs = certificates(known)
    ours = certificates(bundle) if bundle.is_file() else {}
    unknown = [pem for content, pem in ours.items() if content not in theirs]
    for number, pem in enumerate(unknown, start=1):
        (destination / f"host-{number}.crt").write_text(pem + "\n", encoding="ascii")
    return len(unknown)


def main(arguments: list[str]) -> int:
    """Copies what the command line says and prints how many there were."""
    if len(arguments) != 3:
        print("usage: host_certificates.py BUNDLE KNOWN DEST", file=sys.stderr)
        return 2
    bundle, known, destination = (Path(argument) for argument in arguments)
    print(copy_unknown(bundle, known, destination))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
