"""The sidecar: a process that owns the worker processes of this machine. It ends when its stdin closes."""

import asyncio
import contextlib
import json
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import TextIO

import dask
import distributed.utils
import yaml
from distributed import LocalCluster, Status
from distributed.security import Security

from engine.runs.cluster.clock import use_steady_clock
from engine.runs.cluster.keys import new_keys
from engine.runs.cluster.sidecar_client import ADD_HEAVY
from engine.runs.worker.host import HEAVY
from engine.runs.worker.reports import FOLDER

SETTINGS = yaml.safe_load(Path(__file__).with_name("dask.yaml").read_text(encoding="utf-8"))
WORKER_ENVIRONMENT: dict[str, str] = SETTINGS["distributed"]["nanny"]["pre-spawn-environ"]
CLOSE_SECONDS = 0.3
BEGINNING = (Status.init, Status.starting)
TLS_FIELDS = ("tls_ca_file", "tls_client_cert", "tls_client_key")


def local_cluster(workers: int, security: Security) -> LocalCluster:
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        protocol="tls",
        security=security,
        scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
        memory_limit=0,
        silence_logs=logging.ERROR,
    )


def main() -> None:
    """Start as many workers as the first argument says, write the scheduler's address in one line of JSON, and wait for
    the end. A line read meanwhile asks for the worker of runs with long steps, or to replace missing workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's; this process follows it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    use_steady_clock()
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else is printed here or by a worker must not mix with the line of JSON
    with tempfile.TemporaryDirectory(prefix="playground-", ignore_cleanup_errors=True) as crash_markers:
        WORKER_ENVIRONMENT[FOLDER] = crash_markers
        os.environ.update(WORKER_ENVIRONMENT)
        dask.config.update(dask.config.config, SETTINGS, priority="new")
        _serve(answer, crash_markers)


def _serve(answer: TextIO, crash_markers: str) -> None:
    if sys.platform == "linux":
        fork_workers()
    security = new_keys()
    with local_cluster(int(sys.argv[1]), security) as cluster:
        tls = {field: getattr(security, field) for field in TLS_FIELDS}
        with answer:
            answer.write(
                json.dumps({"address": cluster.scheduler_address, "tls": tls, "crash_markers": crash_markers}) + "\n"
            )
        try:
            while line := sys.stdin.buffer.readline():
                cluster.sync(_add_heavy if line == ADD_HEAVY else _mend, cluster)
        finally:
            cluster.sync(_close_workers, cluster)


async def _add_heavy(cluster: LocalCluster) -> None:
    """Start one more worker, for runs with long steps."""
    spec = cluster.new_spec
    cluster.worker_spec[HEAVY] = {**spec, "options": {**spec["options"], "resources": {HEAVY: 1}}}
    cluster.scale(len(cluster.worker_spec))


async def _mend(cluster: LocalCluster) -> None:
    """Replace the nannies that gave up, as they do when their worker is killed before it is up."""
    for name, nanny in tuple(cluster.workers.items()):
        if not nanny.is_alive() and (nanny.process is None or nanny.process.status not in BEGINNING):
            del cluster.workers[name]
            with contextlib.suppress(Exception):
                await nanny.close(timeout=CLOSE_SECONDS)
    cluster.scale(len(cluster.worker_spec))


def fork_workers() -> None:
    """Fork workers from one process that has torch imported, which then costs its time and memory only once."""
    dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
    # Without this private flag dask chooses the modules; it imports pandas for that, and no setting prevents it.
    distributed.utils._forkserver_preload_set = True
    multiprocessing.set_forkserver_preload(["engine.runs.cluster.forked"])


async def _close_workers(cluster: LocalCluster) -> None:
    """End the workers at once: their events have been sent, and an orderly end of torch takes seconds."""
    nannies = cluster.workers.values()
    await asyncio.gather(*(nanny.close(timeout=CLOSE_SECONDS) for nanny in nannies), return_exceptions=True)


if __name__ == "__main__":
    main()
