"""A repository of images over the registry's own HTTP API: blobs and manifests, byte for byte.

Docker would pack layers anew, and so change the digest. The standard library has what this needs.
Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import base64
import hashlib
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPResponse
from typing import IO, NamedTuple
from urllib.parse import urlencode, urljoin

from pipeline.cloud.aws import password
from pipeline.cloud.registry import Registry
from pipeline.errors import ImageError

MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
TIMEOUT_SECONDS = 300
NOT_FOUND, CREATED = 404, 201
LOOPBACK = re.compile(r"(127\.[0-9.]+|localhost)(:[0-9]+)?")


class Manifest(NamedTuple):
    """A manifest as the registry keeps it, and its media type."""

    content: bytes
    media_type: str

    @property
    def digest(self) -> str:
        """Its name: `sha256:` and 64 hex digits."""
        return f"sha256:{hashlib.sha256(self.content).hexdigest()}"


class Repository(NamedTuple):
    """A repository, and the right to use it.

    Attributes:
        host: the registry's, perhaps with a port.
        name: the repository's.
        authorization: the header's value.
    """

    host: str
    name: str
    authorization: str

    def manifest(self, reference: str) -> Manifest | None:
        """Fetch the manifest of a tag or a digest; None where there is none.

        Raises:
            ImageError: the registry refuses.
        """
        try:
            headers = {"Accept": ", ".join(MANIFESTS)}
            with self._send("GET", f"manifests/{reference}", headers) as answer:
                return Manifest(answer.read(), answer.headers.get_content_type())
        except NotThere:
            return None

    def put_manifest(self, manifest: Manifest, reference: str) -> None:
        """Give blobs that are there a name.

        Raises:
            ImageError: the registry refuses: a blob is missing, or the tag is taken.
        """
        headers = {"Content-Type": manifest.media_type}
        self._send("PUT", f"manifests/{reference}", headers, manifest.content).close()

    def blob(self, digest: str) -> HTTPResponse:
        """Open a blob to read it.

        Raises:
            ImageError: it is not there, or the registry refuses.
        """
        return self._send("GET", f"blobs/{digest}")

    def has_blob(self, digest: str) -> bool:
        """Tell whether a blob is in this repository.

        Raises:
            ImageError: the registry refuses.
        """
        try:
            self._send("HEAD", f"blobs/{digest}").close()
        except NotThere:
            return False
        return True

    def mount_blob(self, digest: str, source: str) -> bool:
        """Take a blob over from another repository of this registry; whether that was done.

        Raises:
            ImageError: the registry refuses.
        """
        query = urlencode({"mount": digest, "from": source})
        with self._send("POST", f"blobs/uploads/?{query}", {}, b"") as answer:
            return answer.status == CREATED

    def put_blob(self, digest: str, size: int, content: IO[bytes] | HTTPResponse) -> None:
        """Write a blob; the registry compares it with its digest.

        Raises:
            ImageError: the registry refuses, or the content is another one.
        """
        with self._send("POST", "blobs/uploads/", {}, b"") as answer:
            place = str(answer.headers["Location"])
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        with self._send("PATCH", place, headers, content) as answer:
            place = str(answer.headers.get("Location", place))
        query = urlencode({"digest": digest})
        self._send("PUT", f"{place}{'&' if '?' in place else '?'}{query}", {}, b"").close()

    def _send(
        self,
        method: str,
        place: str,
        headers: Mapping[str, str] | None = None,
        content: bytes | IO[bytes] | HTTPResponse | None = None,
    ) -> HTTPResponse:
        url = urljoin(f"{_scheme(self.host)}://{self.host}/v2/{self.name}/", place)
        request = urllib.request.Request(url, content, dict(headers or {}), method=method)
        # A blob may be elsewhere, and a redirect must not take the password there.
        request.add_unredirected_header("Authorization", self.authorization)
        try:
            answer: HTTPResponse = _opener(self.host).open(request, timeout=TIMEOUT_SECONDS)
        except urllib.error.HTTPError as error:
            kind = NotThere if error.code == NOT_FOUND else ImageError
            said = error.read().decode(errors="replace")[:1000]
            raise kind(f"{self.host} refuses {method} {place}: {error.code} {said}") from error
        except OSError as error:
            raise ImageError(f"{self.host} cannot be reached: {error}") from error
        return answer


class NotThere(ImageError):
    """The registry has no such blob or manifest."""


def repository_of(registry: Registry) -> Repository:
    """Get the right to use the repository of a registry.

    Raises:
        AwsError: AWS gives no password.
    """
    host, _, name = registry.repository_uri.partition("/")
    secret = base64.b64encode(f"AWS:{password()}".encode()).decode()
    return Repository(host, name, f"Basic {secret}")


def _scheme(host: str) -> str:
    return "http" if LOOPBACK.fullmatch(host) else "https"


def _opener(host: str) -> urllib.request.OpenerDirector:
    if LOOPBACK.fullmatch(host):  # no proxy has this machine's own registry
        return urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener()
