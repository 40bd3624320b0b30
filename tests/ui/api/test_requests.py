"""From where a visitor comes, for the shares of a machine's time and memory."""

import pytest

from ui.api.requests import network_of


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("192.168.0.7", "192.168.0.7"),
        ("::ffff:192.168.0.7", "192.168.0.7"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::"),
        ("127.0.0.1", ""),
        ("127.8.0.1", ""),
        ("::1", ""),
        ("::ffff:127.0.0.1", ""),
        ("testclient", ""),
        (None, ""),
    ],
)
def test_a_network_is_an_address_or_a_households_half_of_it_and_empty_on_this_machine(
    client: str | None, network: str
) -> None:
    assert network_of(client) == network


def test_one_household_is_one_network_however_many_ipv6_addresses_it_has() -> None:
    assert len({network_of(f"2001:db8:1:2::{number:x}") for number in range(1000)}) == 1
    assert network_of("2001:db8:1:3::1") != network_of("2001:db8:1:2::1")
