"""A PostgreSQL server of the tests' own: on a free port of this machine alone, in a folder that goes with it."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
SETTINGS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c port={port}"


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server whose files are in `folder`."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://playground@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        log = self.folder / "log"
        self._run("pg_ctl", "-w", "-D", self._data, "-l", str(log), "-o", SETTINGS.format(port=self.port), "start")

    def stop(self) -> None:
        """At once, as when the machine goes down."""
        self._run("pg_ctl", "-w", "-D", self._data, "-m", "immediate", "stop")

    def set_up(self) -> None:
        self._run("initdb", "-D", self._data, "-U", "playground", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        path = _program(program)
        assert path
        user = self.folder.owner() if os.getuid() == 0 else None  # PostgreSQL does not run as root
        subprocess.run(
            [path, *arguments], check=True, user=user, cwd=self.folder, stdout=subprocess.DEVNULL, timeout=60
        )


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """It runs; whoever stops it starts it again."""
    if not _program("initdb"):
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="playground-postgres-"))
    if os.getuid() == 0:
        shutil.chown(folder, "postgres")
    with socket.create_server(("127.0.0.1", 0)) as free:
        server = Postgres(folder, free.getsockname()[1])
    try:
        server.set_up()
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder)


def _program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, INSTALLED)]))
