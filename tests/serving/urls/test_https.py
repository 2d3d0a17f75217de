import re
import ssl

import pytest
import trustme

from serving import Unprocessable
from serving.urls import fetching
from tests.serving.urls.fetched import PHOTOGRAPH, PUBLIC, fetch
from tests.serving.urls.internet import Internet, ok


@pytest.fixture
def authority(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> trustme.CA:
    """A certificate authority, the only one that is trusted."""
    ca = trustme.CA()
    file = tmp_path_factory.mktemp("certificates") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(file.parent / "none"))
    fetching._tls.cache_clear()
    return ca


def server_side(ca: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name).configure_cert(context)
    return context


def test_https_is_fetched_with_a_certificate_for_the_name(
    public: Internet, authority: trustme.CA
) -> None:
    public.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 443, server_side(authority, "example.com"))
    assert fetch("https://example.com/") == PHOTOGRAPH


def test_https_of_an_international_name_is_fetched(
    internet: Internet, authority: trustme.CA
) -> None:
    internet.name("xn--bcher-kva.example", [PUBLIC])
    certificate = server_side(authority, "xn--bcher-kva.example")
    server = internet.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 443, certificate)
    assert fetch("https://B\u00fccher.example/") == PHOTOGRAPH
    assert re.search("^Host: xn--bcher-kva.example\r$", server.heads[0], re.MULTILINE)


def test_a_certificate_for_another_name_is_refused(public: Internet, authority: trustme.CA) -> None:
    server = public.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 443, server_side(authority, "b.example"))
    with pytest.raises(Unprocessable):
        fetch("https://example.com/")
    assert server.heads == []


def test_a_certificate_of_an_unknown_authority_is_refused(
    public: Internet, authority: trustme.CA
) -> None:
    certificate = server_side(trustme.CA(), "example.com")
    server = public.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 443, certificate)
    with pytest.raises(Unprocessable):
        fetch("https://example.com/")
    assert server.heads == []
