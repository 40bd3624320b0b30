"""The processes that train: none outlives the server, and one that dies takes only its own runs with it."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from cryptography import x509

from engine.runs.cluster.keys import new_keys
from engine.runs.cluster.sidecar_client import worker_count
from engine.runs.service import RunService
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from tests.engine.runs.conftest import OWNER, PATIENCE

ROOT = Path(__file__).parents[4]
LONG = replace(PRESETS["mlp"].config, images=2000, epochs=100, batch_size=8)
JOB = Classification(PRESETS["mlp"].network, LONG)
SERVER = """
import sys
from dataclasses import replace
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from engine.runs.service import RunService
service = RunService(2)
service.begin()
assert service.wait_ready(120)
service.start(Classification(PRESETS["mlp"].network, replace(PRESETS["mlp"].config, epochs=100)), "me")
print("ready", flush=True)
sys.stdin.read()
{end}
"""


def test_no_process_outlives_a_service_that_is_closed(tmp_path: Path) -> None:
    code = SERVER.format(end="service.close()")
    command = [sys.executable, "-W", "error", "-c", code]
    environment = os.environ | {"PLAYGROUND_DATA": str(tmp_path)}  # not that of the service of all tests
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin and server.stdout
        assert server.stdout.readline().strip() == b"ready"
        children = psutil.Process(server.pid).children(recursive=True)
        assert len(children) >= 3  # the sidecar and two workers
        server.stdin.close()
        assert server.wait(30) == 0
        gone, alive = psutil.wait_procs(children, timeout=30)
        assert not alive and len(gone) == len(children)


def test_the_number_of_workers_may_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_WORKERS", "3")
    assert worker_count() == 3
    for nonsense in ("", "0", "-1", "many"):
        monkeypatch.setenv("PLAYGROUND_WORKERS", nonsense)
        assert worker_count() >= 1


def test_when_no_process_starts_a_run_ends_in_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(folder / "no-such-python"))
    service = RunService(2)
    service.begin()
    try:
        run_id = service.start(JOB, OWNER)
        ending = asyncio.run(asyncio.wait_for(last_message(service, run_id), PATIENCE))
        assert "did not start" in ending["events"][0]["why"]["text"]
        assert not service.ready()
        info = service.run(run_id)
        assert info and info.status == "failed"
    finally:
        service.close()


async def last_message(service: RunService, run_id: str) -> dict[str, Any]:
    return [message async for message in service.watch(run_id)][-1]


def test_the_keys_of_the_processes_are_valid_whatever_the_clock_says() -> None:
    certificate = x509.load_pem_x509_certificate(new_keys().tls_ca_file.encode())
    assert certificate.not_valid_before_utc.year < 2000 and certificate.not_valid_after_utc.year > 2100
