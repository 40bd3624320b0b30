"""What the server says of itself over HTTP: the machine for its page, one run's share, health for a supervisor."""

import hashlib
from dataclasses import asdict
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from engine.runs.cluster.machine import HostedRun, HostInfo
from engine.text import Text
from ui.api.live import NO_RUN
from ui.api.requests import owner_of
from ui.backend import service
from ui.language import say
from ui.machine import words
from ui.machine.now import Now, now
from ui.runs.shown_kinds import SHOWN_KINDS

NO_STORE = {"cache-control": "no-store"}
NOTICED = 0.25  # of the cores: what other programs must keep busy to be named
DOWN = Text("Nothing can train: no training process comes up. Restart the playground; its terminal says more.")
PRIVATE = ("owner", "run_id")


async def machine(request: Request) -> JSONResponse:
    """What the Machine page shows; of other people's runs neither owner nor id, for whoever has an id may watch."""
    return JSONResponse(seen_by(owner_of(request.scope), await run_in_threadpool(now)), headers=NO_STORE)


async def share(request: Request) -> JSONResponse:
    """`{"share": words, "is_over": ...}` for one run: what it gets of the machine."""
    run = await run_in_threadpool(service().run, request.path_params["id"])
    if run is None:
        return JSONResponse({"error": say(NO_RUN)}, 404)
    shown = (await run_in_threadpool(now)).machine
    said = words.share(shown, run.id, run.owner == owner_of(request.scope))
    return JSONResponse({"share": say(said) if said else "", "is_over": run.is_over}, headers=NO_STORE)


async def going_on(request: Request) -> JSONResponse:
    """`{"going_on": words}` for the foot of a page: how many runs train, and how many of the reader's own."""
    machine = (await run_in_threadpool(now)).machine
    return JSONResponse({"going_on": say(words.going_on(machine, owner_of(request.scope)))}, headers=NO_STORE)


async def health(_: Request) -> JSONResponse:
    """Status 503 when no run can train and waiting would not help; `store` is "fine" or says what is wrong."""
    seen = await run_in_threadpool(now)
    told = {
        "ok": not seen.is_down,
        "training": service().ready(),
        "hosts": len(seen.machine.hosts),
        "store": str(seen.store or "fine"),
    }
    return JSONResponse(told, 503 if seen.is_down else 200, headers=NO_STORE)


def seen_by(owner: str | None, seen: Now) -> dict[str, Any]:
    """The machine as one visitor may see it, as JSON."""
    shown = seen.machine
    hosts = sorted(shown.hosts, key=lambda host: host.is_heavy)
    return {
        "sentence": say(DOWN if seen.is_down else words.sentence(shown)),
        "notes": _notes(seen),
        "cores": shown.cores,
        "memory": shown.memory,
        "busy": sum(host.cores for host in shown.hosts),
        "hosts": [_host(host, owner, words.cores_given(shown)) for host in hosts],
        "kept": say(words.kept(seen.storage)),
        "waiting": [_name(name) for name in shown.waiting],
        "events_per_second": shown.events_per_second,
        "unstored": shown.unstored,
        "watchers": shown.watchers,
        "lost": shown.lost,
        "server": {"memory": seen.server_memory, "cores": seen.server_cores},
        "computer": {"memory": seen.memory, "used_memory": seen.used_memory, "used_cores": seen.used_cores},
    }


def _host(host: HostInfo, owner: str | None, given: dict[str, float]) -> dict[str, Any]:
    runs = [_run(run, owner) | {"cores": given.get(run.run_id, 0.0)} for run in host.runs]
    trouble = say(host.trouble) if host.trouble else ""
    return asdict(host) | {"trouble": trouble, "turns": say(words.turns(host)), "runs": runs}


def _run(run: HostedRun, owner: str | None) -> dict[str, Any]:
    """`key` tells a run apart from the others on the page, and says nothing else about it; `address` is where it is
    shown, empty where that is nowhere or not for this visitor."""
    shown = SHOWN_KINDS[run.kind]
    told = {name: value for name, value in asdict(run).items() if name not in PRIVATE}
    return told | {
        "name": _name(run.name),
        "key": hashlib.sha256(run.run_id.encode()).hexdigest()[:12],
        "mine": run.owner == owner,
        "kind": say(shown.noun),
        "address": shown.address(run.run_id) if run.owner == owner else "",
    }


def _name(name: Text | str) -> str:
    """What a run is called: a visitor's own name as it is."""
    return say(name) if isinstance(name, Text) else name


def _notes(seen: Now) -> list[str]:
    """What else makes it slow."""
    shown = seen.machine
    notes = [shown.trouble, seen.store]
    ours = seen.server_cores + sum(host.cores for host in shown.hosts if not host.machine)
    others = seen.used_cores - ours
    if words.training(shown) and others > NOTICED * shown.cores:
        notes.append(Text("Other programs on the server's computer keep {count:.1f} of its cores busy.", count=others))
    return [say(note) for note in notes if note]


MACHINE_ROUTES: list[BaseRoute] = [
    Route("/health", health),
    Route("/machine", machine),
    Route("/going-on", going_on),
    Route("/runs/{id}/share", share),
]
