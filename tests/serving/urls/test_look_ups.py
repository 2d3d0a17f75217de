import socket
import threading
from time import monotonic

import pytest

from serving.urls import addresses
from tests.serving.urls.internet import Internet
from tests.serving.urls.special_addresses import SPECIAL


def look_up(url: str) -> list[str]:
    found: list[str] = addresses.addresses(addresses.target_of(url), monotonic() + 5)
    return found


def test_a_name_leads_to_all_its_addresses_ipv4_first(internet: Internet) -> None:
    internet.name("example.com", ["2606:4700::1111", "93.184.215.14", "93.184.215.14", "8.8.8.8"])
    assert look_up("http://example.com/") == ["93.184.215.14", "8.8.8.8", "2606:4700::1111"]


@pytest.mark.parametrize("address", SPECIAL.values(), ids=SPECIAL)
def test_a_name_of_which_one_address_is_not_public_leads_nowhere(
    address: str, internet: Internet
) -> None:
    internet.name("example.com", ["93.184.215.14", address])
    with pytest.raises(OSError):
        look_up("http://example.com/")


def test_a_name_without_addresses_leads_nowhere(internet: Internet) -> None:
    with pytest.raises(OSError):
        look_up("http://nothing.example/")


def test_a_name_of_the_allow_list_may_lead_to_a_private_address(
    internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("URL_ALLOW_LIST", "files:8000")
    internet.name("files", ["10.0.0.7"])
    assert look_up("http://files:8000/") == ["10.0.0.7"]


@pytest.mark.timing
def test_a_look_up_that_hangs_is_given_up_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: done.wait(30) and [])
    started = monotonic()
    with pytest.raises(OSError):
        addresses.addresses(addresses.target_of("http://example.com/"), started + 0.1)
    assert monotonic() - started < 1
    done.set()


def test_nothing_is_looked_up_when_the_time_is_up(internet: Internet) -> None:
    with pytest.raises(TimeoutError):
        addresses.addresses(addresses.target_of("http://example.com/"), monotonic())
    assert internet.look_ups == []
