"""A cluster for tests: the commands of docs/cluster.md, started here or in other network namespaces."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.make_certificates import make_certificates

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs" / "cluster.md"


def commands(heading: str, replaced: Mapping[str, str]) -> str:
    """The first shell commands under a heading of docs/cluster.md, with some of their words replaced."""
    found = re.search(rf"^## {re.escape(heading)}\n.*?^```sh\n(.*?)^```", DOCS.read_text(), re.DOTALL | re.MULTILINE)
    assert found, heading
    text = found[1]
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


@dataclass(slots=True)
class Cluster:
    """What a test has started of a cluster, each part as the documentation says but for the words in `replaced`; all it
    writes lies below `folder`. `machines` has what puts a command on one of several machines."""

    folder: Path
    replaced: dict[str, str]
    machines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, heading: str, machine: str = "") -> subprocess.Popen[bytes]:
        """Run the commands under `heading`; what they say goes to a log below `folder`."""
        environment = os.environ | {"TMPDIR": str(self.folder)}
        with (self.folder / f"{heading}.log").open("ab") as said:
            command = [*self.machines.get(machine, ()), "bash", "-c", commands(heading, self.replaced)]
            part = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=said, stderr=said, start_new_session=True
            )
        self.started.append(part)
        return part

    def server_variables(self) -> dict[str, str]:
        """What the documentation has the server's environment say, but for the store."""
        exports = re.findall(r"(PLAYGROUND_\w+)=(\S+)", commands("The server", self.replaced))
        return {name: value for name, value in exports if name != "PLAYGROUND_STORE"}

    def close(self) -> None:
        """End all that was started, and show what it said."""
        for part in self.started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(part.pid, signal.SIGKILL)
            part.wait()
        for log in sorted(self.folder.glob("*.log")):
            print(log.name, log.read_text()[-3000:], sep="\n")


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Nothing of it runs yet; all that is started ends with it."""
    make_certificates(folder / "certificates", ["10.0.0.1", "127.0.0.1"])
    replaced = {
        ".venv/bin/python": sys.executable,
        "certificates/": f"{folder / 'certificates'}/",
        "/var/lib/playground": str(folder / "data"),
        "/srv/playground": str(folder / "shared"),
        "while sleep 2": "while sleep 0.2",
    }
    with contextlib.closing(Cluster(folder, replaced)) as made:
        yield made


@contextlib.contextmanager
def local_cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    """A scheduler and so many workers, all on loopback."""
    with cluster(folder) as made:
        port = _free_port()
        made.replaced |= {"10.0.0.1": "127.0.0.1", "10.0.0.2": "127.0.0.1"}
        made.replaced |= {"1:8786": f"1:{port}", "--port 8786": f"--port {port}"}
        made.replaced |= {"--nworkers 4": f"--nworkers {workers}", "9000:9049": "0", "9050:9099": "0"}
        made.start("The scheduler")
        made.start("Workers")
        yield made


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
