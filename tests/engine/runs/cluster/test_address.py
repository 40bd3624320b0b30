"""A scheduler is named by the environment, and is opened with certificates or not at all."""

import asyncio
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, Scheduler
from distributed.security import Security

from engine.catalogue.params import SpecError
from engine.runs.cluster.address import SchedulerAddress, read_scheduler_address, unreachable
from tools.make_certificates import ROLES, make_certificates

ADDRESS = "tls://127.0.0.1:8786"
Named = Callable[..., SchedulerAddress | None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder, ["127.0.0.1", "scheduler.school.lan"])
    return folder


@pytest.fixture
def named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Named:
    """`read_scheduler_address()` in an environment with all that belongs into it and `changes`; None takes one out."""

    def named(**changes: str | None) -> SchedulerAddress | None:
        names = {"CA": "ca.pem", "CERT": "server.pem", "KEY": "server-key.pem"}
        variables = {f"TLS_{name}": str(folder / file) for name, file in names.items()}
        for name, value in ({"SCHEDULER": ADDRESS} | variables | changes).items():
            if value is None:
                monkeypatch.delenv(f"PLAYGROUND_{name}", raising=False)
            else:
                monkeypatch.setenv(f"PLAYGROUND_{name}", value)
        return read_scheduler_address()

    return named


def test_without_a_name_this_machine_trains_alone(named: Named) -> None:
    assert named(SCHEDULER=None) is None and named(SCHEDULER=" ") is None


def test_a_scheduler_is_named_with_its_certificates(named: Named) -> None:
    scheduler = named()
    assert scheduler and scheduler.address == ADDRESS and scheduler.security.require_encryption


def test_keys_are_for_one_pair_of_eyes_and_never_replaced(folder: Path) -> None:
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        ["ca.pem", *(f"{role}{part}.pem" for role in ROLES for part in ("", "-key"))]
    )
    if sys.platform != "win32":
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*-key.pem")} == {0o600}
    before = (folder / "worker-key.pem").read_bytes()
    again = subprocess.run(
        [sys.executable, "tools/make_certificates.py", folder, "10.0.0.1"], capture_output=True, text=True
    )
    assert again.returncode == 1 and "is there already" in again.stderr
    assert (folder / "worker-key.pem").read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "what", "cure"),
    [
        ({"SCHEDULER": "tcp://127.0.0.1:8786"}, "could run code", "make_certificates.*tls://"),
        ({"SCHEDULER": "127.0.0.1:8786"}, "127.0.0.1:8786", "tls://host:8786"),
        ({"SCHEDULER": "tls://127.0.0.1"}, "tls://127.0.0.1", "tls://host:8786"),
        ({"SCHEDULER": "tls://127.0.0.1:port"}, "tls://127.0.0.1:port", "tls://host:8786"),
        ({"SCHEDULER": "tls://[::1"}, "tls://", "tls://host:8786"),
        ({"TLS_CA": None}, "PLAYGROUND_TLS_CA is not", "make_certificates"),
        ({"TLS_KEY": "/nowhere/key.pem"}, "PLAYGROUND_TLS_KEY is /nowhere/key.pem.*No such file", "is there"),
        ({"TLS_KEY": "worker-key.pem"}, "cannot be used", "its own key"),
        ({"TLS_CERT": "worker-key.pem"}, "cannot be used", "its own key"),
    ],
)
def test_what_is_missing_or_unsafe_is_said_with_its_cure(
    named: Named, folder: Path, changes: dict[str, str], what: str, cure: str
) -> None:
    changes = {k: str(folder / v) if v and v.endswith(".pem") and "/" not in v else v for k, v in changes.items()}
    with pytest.raises(SpecError, match=what) as raised:
        named(**changes)
    assert re.search(cure, str(raised.value.cure))


def test_certificates_that_are_too_old_are_told_by_their_dates(named: Named, tmp_path: Path) -> None:
    make_certificates(tmp_path, ["127.0.0.1"], days=0)
    files = {"TLS_CA": "ca.pem", "TLS_CERT": "server.pem", "TLS_KEY": "server-key.pem"}
    with pytest.raises(SpecError, match=r"valid from \d{4}-\d\d-\d\d to") as raised:
        named(**{variable: str(tmp_path / file) for variable, file in files.items()})
    assert "clock" in str(raised.value.cure)


def test_the_scheduler_lets_in_whom_its_authority_signed_and_says_why_it_refuses(
    named: Named, folder: Path, tmp_path: Path
) -> None:
    make_certificates(tmp_path, ["127.0.0.1"])

    async def refused(scheduler: SchedulerAddress) -> SpecError:
        with pytest.raises(OSError) as raised:
            await Client(scheduler.address, security=scheduler.security, asynchronous=True, timeout="500ms")
        return unreachable(scheduler, raised.value)

    async def talk() -> None:
        async with Scheduler(
            security=_security(folder, "scheduler"), protocol="tls", host="127.0.0.1", port=0, dashboard_address=":0"
        ) as started:
            scheduler = named(SCHEDULER=started.address)
            assert scheduler
            async with Client(scheduler.address, security=scheduler.security, asynchronous=True) as client:
                assert not await client.nthreads()
            stranger = SchedulerAddress(scheduler.address, _security(tmp_path, "client"))
            assert "trust" in str(await refused(stranger))
        assert "does not answer" in str(await refused(scheduler))

    asyncio.run(talk())


def _security(folder: Path, role: str) -> Security:
    name = "server" if role == "client" else role
    files: dict[str, Any] = {f"tls_{role}_cert": f"{name}.pem", f"tls_{role}_key": f"{name}-key.pem"}
    paths = {field: str(folder / file) for field, file in files.items()}
    return Security(require_encryption=True, tls_ca_file=str(folder / "ca.pem"), **paths)
