"""How the playground is served: to this machine alone by default, to a class when asked."""

import ipaddress
import socket
import tomllib
from pathlib import Path

from tools.serve_class import FIRST_PORT, free_port, lan_address

CONFIG = tomllib.loads((Path(__file__).parent.parent / ".streamlit" / "config.toml").read_text())


def test_by_default_nobody_else_can_connect_and_nobody_is_asked_for_an_address() -> None:
    assert ipaddress.ip_address(CONFIG["server"]["address"]).is_loopback
    assert CONFIG["server"]["showEmailPrompt"] is False
    assert CONFIG["browser"]["gatherUsageStats"] is False


def test_a_class_gets_an_address_to_type() -> None:
    assert ipaddress.ip_address(lan_address()).version == 4


def test_a_port_that_is_taken_is_left_alone() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert free_port(taken) > taken
    assert free_port() >= FIRST_PORT
