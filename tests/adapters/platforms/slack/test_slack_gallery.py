"""Whether a link to our own files leads anywhere."""

import pytest

from adapters.platforms.slack.gallery import is_loopback


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:80", "http://0.0.0.0:8080", "", "nonsense"]
)
def test_an_address_of_this_machine_is_given_to_nobody(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", ["https://limner.example", "http://10.0.0.5:8080", "https://localhost.example"])
def test_any_other_address_is(address: str) -> None:
    assert not is_loopback(address)
