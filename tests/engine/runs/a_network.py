"""Three machines for tests: network namespaces on one bridge, each with a name of its own; any can be cut off."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

MACHINES = ("first", "second", "third")
AS_NAMED = 'hostname "$0"; exec "$@"'


@dataclass(frozen=True, slots=True)
class Network:
    """The machines 10.0.0.1 to 10.0.0.3. The bridge is in the first."""

    namespaces: dict[str, str]

    def on(self, machine: str) -> tuple[str, ...]:
        """What before a command runs it on a machine."""
        named = ("unshare", "--uts", "bash", "-c", AS_NAMED, machine)
        return ("ip", "netns", "exec", self.namespaces[machine], *named)

    def cut_off(self, machine: str) -> None:
        self._ip("first", "link", "set", machine, "down")

    def connect(self, machine: str) -> None:
        self._ip("first", "link", "set", machine, "up")

    def heard(self, machine: str) -> set[tuple[str, int]]:
        """The addresses and ports that a machine takes connections at."""
        lines = _run("ip", "netns", "exec", self.namespaces[machine], "ss", "-Hltn").splitlines()
        addresses = (line.split()[3].rpartition(":") for line in lines)
        return {(address, int(port)) for address, _, port in addresses}

    def set_up(self) -> None:
        self._ip("first", "link", "add", "bridge", "type", "bridge")
        self._address("first", "bridge", "10.0.0.1/24")
        for number, machine in enumerate(MACHINES[1:], 2):
            there = self.namespaces[machine]
            self._ip("first", "link", "add", machine, "type", "veth", "peer", "name", "cable", "netns", there)
            self._ip("first", "link", "set", machine, "master", "bridge", "up")
            self._address(machine, "cable", f"10.0.0.{number}/24")

    def _address(self, machine: str, device: str, address: str) -> None:
        self._ip(machine, "addr", "add", address, "dev", device)
        for up in ("lo", device):
            self._ip(machine, "link", "set", up, "up")

    def _ip(self, machine: str, *arguments: str) -> None:
        _run("ip", "-n", self.namespaces[machine], *arguments)


@contextlib.contextmanager
def network() -> Iterator[Network]:
    """Skips the test where this machine lets nobody make one."""
    if sys.platform != "linux" or os.getuid() != 0 or not (shutil.which("ss") and shutil.which("unshare")):
        pytest.skip("network namespaces need Linux, root and iproute2")
    made = Network({machine: f"playground-{os.getpid()}-{machine}" for machine in MACHINES})
    try:
        try:
            for namespace in made.namespaces.values():
                _run("ip", "netns", "add", namespace)
            made.set_up()
            _run(*made.on("first"), "true")
        except subprocess.CalledProcessError as error:
            pytest.skip(f"network namespaces cannot be made here: {error.stderr.strip()}")
        yield made
    finally:
        for namespace in made.namespaces.values():
            subprocess.run(["ip", "netns", "delete", namespace], check=False, capture_output=True)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
