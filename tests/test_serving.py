"""How the playground is served: to this machine alone by default, to a class when asked; and nothing of it stays."""

import contextlib
import ipaddress
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from websockets.exceptions import InvalidStatus

from tests.a_visitor import PATIENCE, Visitor, first_step, last_status
from tools.browser import ROOT, Server, local_server
from tools.serve_class import FIRST_PORT, free_port, lan_address

CONFIG = tomllib.loads((Path(__file__).parent.parent / ".streamlit" / "config.toml").read_text())
END_SECONDS = 20.0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A whole playground, its training processes too."""
    with local_server(tmp_path_factory.mktemp("playground")) as server:
        yield server


@pytest.fixture
def host(served: Server) -> str:
    return host_of(served)


def host_of(server: Server) -> str:
    return server.url.removeprefix("http://")


def started(visitor: Visitor) -> str:
    """Start a run from the page and wait until it trains; its id."""
    visitor.open("train")
    visitor.press("Start")
    with visitor.events(visitor.run_id) as events:
        first_step(events)
    return visitor.run_id


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


def test_only_loopback_is_listened_on(served: Server, host: str) -> None:
    with Visitor(host) as visitor:
        started(visitor)
        server = psutil.Process(served.process.pid)
        addresses = [address for process in (server, *server.children(recursive=True)) for address in heard(process)]
        visitor.press("Stop")
    assert len(addresses) >= 4  # pages, scheduler and workers
    assert all(ipaddress.ip_address(address).is_loopback for address in addresses)


def heard(process: psutil.Process) -> list[str]:
    """The addresses that a process takes connections or datagrams at."""
    with contextlib.suppress(psutil.NoSuchProcess):
        connections = process.net_connections(kind="inet")
        open_to_all = [c for c in connections if c.status == psutil.CONN_LISTEN or c.type == socket.SOCK_DGRAM]
        return [connection.laddr.ip for connection in open_to_all]
    return []


def test_every_visitor_is_somebody_else_and_so_is_every_run(host: str) -> None:
    with Visitor(host) as one, Visitor(host) as other:
        assert one.cookie != other.cookie
        runs = {started(one), started(other)}
        one.press("Stop")
        other.press("Stop")
    assert len(runs) == 2
    assert all(re.fullmatch(r"[\w-]{22}", run_id) for run_id in runs)  # 128 random bits


def test_whoever_has_the_link_may_watch_and_only_the_owner_steers(host: str) -> None:
    with Visitor(host) as owner, Visitor(host) as guest:
        run_id = started(owner)
        guest.open("train", f"run={run_id}")
        assert guest.buttons["Stop"].disabled and not owner.buttons["Stop"].disabled
        guest.press("Stop")
        with guest.events(run_id) as events:
            seen = first_step(events)
            assert first_step(events) > seen
        guest.press("One batch")
        assert guest.run_id != run_id  # it began a run of the guest's own
        owner.press("Stop")
        with guest.events(run_id) as events:
            assert last_status(events) == "stopped"


def test_pages_of_other_sites_reach_no_socket_of_a_visitor(host: str) -> None:
    with Visitor(host) as visitor:
        run_id = started(visitor)
        for path in ("/_stcore/stream", f"/api/runs/{run_id}/events"):
            for origin in ("http://elsewhere.example", "http://127.0.0.1.elsewhere.example", "null"):
                with pytest.raises(InvalidStatus, match="403"), visitor.connected(path, origin):
                    pass
            with visitor.connected(path, f"http://{host}"):
                pass
        visitor.press("Stop")


SECOND = [["-m", "streamlit", "run", "app.py", "--server.headless", "true"], ["tools/serve_class.py"]]


@pytest.mark.long
@pytest.mark.parametrize("command", SECOND, ids=["run", "class"])
def test_a_second_server_on_one_folder_is_refused_and_the_first_goes_on(
    command: list[str], served: Server, host: str
) -> None:
    environment = os.environ | {"PLAYGROUND_DATA": str(served.data)}
    second = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    (refused,) = [line for line in second.stderr.splitlines() if str(served.data) in line]
    assert refused.endswith("Close it first, or name another folder in PLAYGROUND_DATA.")
    assert second.returncode and "Traceback" not in second.stderr
    assert second.stdout.count("http") == ("-m" in command)  # the address that Streamlit names by itself
    with Visitor(host) as visitor:
        started(visitor)
        visitor.press("Stop")


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes in one way only")
def test_no_process_of_a_killed_server_stays(tmp_path: Path) -> None:
    with local_server(tmp_path) as server:
        assert_nothing_stays(server, "SIGKILL")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends processes in one way only")
def test_a_server_that_is_asked_to_end_takes_all_with_it(served: Server) -> None:
    assert_nothing_stays(served, "SIGTERM")  # the last test of this file: the others ask the same server


def assert_nothing_stays(server: Server, end: str) -> None:
    with Visitor(host_of(server)) as visitor:
        started(visitor)
        top = psutil.Process(server.process.pid)
        family = [top, *top.children(recursive=True)]
        assert len(family) >= 4  # the server, the sidecar and two workers
        top.send_signal(getattr(signal, end))
        _, alive = psutil.wait_procs(family, timeout=END_SECONDS)
    assert not alive
