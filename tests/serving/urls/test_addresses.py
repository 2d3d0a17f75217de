import socket
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving import BadRequest
from serving.urls import addresses
from tests.serving.urls.special_addresses import SPECIAL

PUBLIC = ["93.184.215.14", "8.8.8.8", "223.255.255.255", "2606:4700:4700::1111", "2a00:1450::1"]

REFUSED = {
    "no scheme": "93.184.215.14/dog.jpg",
    "file": "file:///etc/passwd",
    "ftp": "ftp://93.184.215.14/dog.jpg",
    "gopher": "gopher://93.184.215.14/",
    "data": "data:image/png;base64,AAAA",
    "no host": "http:///dog.jpg",
    "nothing": "",
    "user and password": "http://user:password@example.com/",
    "user": "http://user@example.com/",
    "empty user": "http://@example.com/",
    "host in the user's place": "http://example.com@127.0.0.1/",
    "host behind a backslash": "http://example.com\\@127.0.0.1/",
    "Lambda's runtime API": "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
    "another port": "https://example.com:8443/",
    "port 22": "http://example.com:22/",
    "port 0": "http://example.com:0/",
    "port beyond 65535": "http://example.com:65616/",
    "port in words": "http://example.com:http/",
    "localhost": "http://localhost/",
    "localhost with a dot": "http://localhost./",
    "a name of this network": "http://metadata/",
    "decimal": "http://2130706433/",
    "decimal of a public address": "http://1572395022/",
    "octal": "http://0177.0.0.1/",
    "octal with zeros": "http://093.184.215.014/",
    "hexadecimal": "http://0x7f000001/",
    "hexadecimal parts": "http://0x7f.0x0.0x0.0x1/",
    "hexadecimal last part": "http://127.0.0.0x1/",
    "short": "http://127.1/",
    "short zero": "http://0/",
    "too many parts": "http://1.2.3.4.5/",
    "dot at the end": "http://127.0.0.1./",
    "full-width digits": "http://\uff11\uff12\uff17.0.0.1/",
    "circled digits": "http://①②⑦.⓪.⓪.①/",
    "ideographic dots": "http://127\u30020\u30020\u30021/",
    "percent in the host": "http://127%2e0.0.1/",
    "zone": "http://[fe80::1%25eth0]/",
    "unclosed bracket": "http://[::1/",
    "name in brackets": "http://[example.com]/",
    "line break": "http://example.com/\r\nHost: 127.0.0.1",
    "tab": "http://exam\tple.com/",
    "null": "http://example.com/\0",
    "space in the host": "http://example .com/",
    "empty label": "http://example..com/",
    "label of 64 letters": f"http://{'a' * 64}.com/",
    "name of 254 letters": f"http://{'a.' * 125}com1/",
    "8180 letters that are not ASCII": f"http://{''.join(map(chr, range(0x4E00, 0x6DF4)))}/",
    "letters that become 18 each": "http://" + "\ufdfa" * 8000 + "/",
    "8193 characters": "http://example.com/" + "a" * 8174,
}


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize("address", SPECIAL.values(), ids=SPECIAL)
def test_a_special_address_is_not_public(address: str) -> None:
    assert not addresses.is_public(address)


@given(address=st.ip_addresses())
def test_no_address_is_public_that_python_calls_special(
    address: IPv4Address | IPv6Address,
) -> None:
    assert address.is_global or not addresses.is_public(str(address))


@pytest.mark.parametrize("address", SPECIAL.values(), ids=SPECIAL)
def test_a_url_of_a_special_address_is_refused(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(BadRequest, match="may not be fetched"):
        addresses.target_of(f"http://{host}/")


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED)
def test_a_url_that_may_not_be_fetched_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(socket, "getaddrinfo")  # it is refused with nothing looked up
    with pytest.raises(BadRequest, match="may not be fetched"):
        addresses.target_of(url)


@given(url=st.text() | st.from_regex(r"https?://[^/]{0,20}(/.*)?", fullmatch=True))
def test_whatever_is_a_url_can_be_sent_or_is_refused(url: str) -> None:
    try:
        target = addresses.target_of(url)
    except BadRequest:
        return
    line = target.path + target.authority
    assert line.isascii() and line.isprintable() and " " not in line
    assert target.port in (80, 443)


def test_every_refusal_has_the_same_words() -> None:
    messages = set()
    for url in REFUSED.values():
        with pytest.raises(BadRequest) as refused:
            addresses.target_of(url)
        messages.add(str(refused.value))
    assert len(messages) == 1


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://example.com", "http://example.com/"),
        ("HTTPS://EXAMPLE.com:443/A?b=c#d", "https://example.com/A?b=c"),
        ("http://example.com:443/?", "http://example.com:443/"),
        ("https://example.com:80/", "https://example.com:80/"),
        ("http://example.com/a b/ü?ö=%20", "http://example.com/a%20b/%C3%BC?%C3%B6=%20"),
        ("http://Bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://faß.example/", "http://fass.example/"),
        ("http://93.184.215.14/", "http://93.184.215.14/"),
        ("http://[2606:4700:0::1111]/", "http://[2606:4700::1111]/"),
        ("http://a_b.example.com./", "http://a_b.example.com./"),
        (f"http://{'a.' * 125}com./", f"http://{'a.' * 125}com./"),
        ("http://example.com/" + "a" * 8173, "http://example.com/" + "a" * 8173),
    ],
)
def test_a_url_is_sent_in_ascii_without_its_fragment(url: str, sent: str) -> None:
    assert addresses.target_of(url).url == sent


@pytest.mark.parametrize(
    "url", ["http://files:8000/", "http://127.0.0.1:9000/", "http://[::1]:8000/", "http://nas/"]
)
def test_the_allow_list_names_hosts_and_ports_that_may_be_fetched(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("URL_ALLOW_LIST", "Files:8000, 127.0.0.1:9000,[::1]:8000,nas:80")
    assert addresses.target_of(url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://files/",
        "http://files:8001/",
        "http://other:8000/",
        "http://user@files:8000/",
        "ftp://files:8000/",
        "http://files.example:8000/",
        "http://127.0.0.1/",
        "http://127.0.0.2:9000/",
    ],
)
def test_the_allow_list_allows_nothing_but_its_exact_pairs(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("URL_ALLOW_LIST", "files:8000,127.0.0.1:9000")
    with pytest.raises(BadRequest):
        addresses.target_of(url)


@pytest.mark.parametrize("allow_list", ["", ",", "files", ":80", "*:80", "files:*"])
def test_an_allow_list_that_names_no_pair_allows_nothing(
    allow_list: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("URL_ALLOW_LIST", allow_list)
    for url in ("http://files/", "http://127.0.0.1/", "http://:80/"):
        with pytest.raises(BadRequest):
            addresses.target_of(url)


@pytest.mark.parametrize(
    "url",
    ["http://[2606:4700::1]x/", "http://x[2606:4700::1]/", "http://[v1.a]/", "http://a[b].com/"],
)
def test_brackets_that_hold_no_address_are_refused(url: str) -> None:
    with pytest.raises(BadRequest):
        addresses.target_of(url)
