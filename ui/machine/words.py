"""How the machine is shared, in plain words: for the Machine page, the line beside a run, and the foot of a page.

All visitors are told about one machine, each in their own language, so these are texts to `say`.
"""

import math

from engine.runs.cluster.machine import HostedRun, HostInfo, Machine
from engine.runs.store.pruning import Storage
from engine.text import Text, plural, sentences

TRAINING = ("starting", "running", "testing")
WHOLE_CORE = 0.95  # a share from here on counts as a core of its own
MINUTE = 60.0  # s that a pupil gladly waits
LONG_STEP = 0.2  # s that the others notice
MB, GB = 1_000_000, 1_000_000_000


def sentence(machine: Machine) -> Text:
    """Why it is as fast or slow as it is, at a glance."""
    running = training(machine)
    if not machine.hosts and machine.trouble:
        return Text("No training process is there at the moment; trying again.")
    if not machine.hosts:
        return Text("The training processes are getting ready.")
    if not running:
        return _nobody(machine)
    on = cores(machine)
    if len(running) == 1 and running[0].pace:
        return Text("One run trains, as slowly as was chosen for it.")
    if len(running) == 1:
        return Text("One run trains and has the machine to itself: {cores}.", cores=on)
    owners = len({run.owner for run in running})
    who = {"runs": _runs(len(running)), "people": plural("one person", "{count} people", count=owners)}
    given = cores_given(machine).values()
    if min(given) >= WHOLE_CORE:
        return Text("{runs} of {people} train, each on a core of its own.", **who)
    part = share_of_core(sum(given) / (len(running) if owners == 1 else owners))
    if owners == 1:
        return Text("{runs} of {people} share {cores}: each run gets {share}.", cores=on, share=part, **who)
    return Text("{runs} of {people} share {cores}: each person gets {share}.", cores=on, share=part, **who)


def turns(host: HostInfo) -> Text:
    """Which run waits for which on one host."""
    running = [run for run in host.runs if run.status in TRAINING]
    idle = plural(
        "Nothing to do: one run is not training.", "Nothing to do: {count} runs are not training.", count=len(host.runs)
    )
    if not running:
        return idle if host.runs else Text("Nothing to do.")
    if len(running) == 1:
        return Text("One run, which waits for nobody.")
    slowest = max(running, key=lambda run: run.step_seconds)
    longest = max(run.waited for run in running)
    wait = Text("{count} runs take turns; the longest wait is {seconds:.1f} s.", count=len(running), seconds=longest)
    return sentences(wait, _long_step(slowest)) if slowest.step_seconds > LONG_STEP else wait


def share(machine: Machine, run_id: str, is_mine: bool) -> Text | None:
    """What a run gets of the machine; None for one that does not train here."""
    running = training(machine)
    if all(run.run_id != run_id for run in running):
        return None
    if len(running) == 1:
        return Text("Alone on this machine")
    shared = Text("{runs} on {cores}", runs=_runs(len(running)), cores=cores(machine))
    runs, part = shared, cores_given(machine)[run_id]
    if WHOLE_CORE <= part < 1 / WHOLE_CORE:
        if is_mine:
            return Text("{runs}: yours has a core of its own", runs=runs)
        return Text("{runs}: this one has a core of its own", runs=runs)
    if is_mine:
        return Text("{runs}: yours gets {share}", runs=runs, share=share_of_core(part))
    return Text("{runs}: this one gets {share}", runs=runs, share=share_of_core(part))


def room(name: str, seconds: float, cores: int) -> Text:
    """How many pupils fit, so that each has trained a network, which alone takes `seconds` on a core, in a minute."""
    return plural(
        "Room for one pupil at a time: the network {name} is trained in about a minute. More may train; each then "
        "waits longer, and all get the same share.",
        "Room for about {count} pupils: so many can train the network {name} at once, and each has a result in about a "
        "minute. More may train; each then waits longer, and all get the same share.",
        count=max(1, int(MINUTE * cores / seconds)),
        name=name,
    )


def kept(storage: Storage) -> Text:
    """For how long runs are there, and how much room they take of how much."""
    days = plural(
        "Runs are kept for {count} day, with their films and what they learned.",
        "Runs are kept for {count:,} days, with their films and what they learned.",
        count=storage.days,
    )
    limit = size(storage.limit)
    room = Text("All that is stored may take {limit}; beyond that the oldest runs are removed first.", limit=limit)
    shelf = Text("Runs with a star stay, and so does what you keep on the Build page.")
    if storage.used is None:
        return sentences(days, room, shelf)
    return sentences(days, room, Text("Now it takes {used}.", used=size(storage.used)), shelf)


def size(count: int) -> Text:
    """Bytes in MB or GB."""
    if count < GB:
        return Text("{size} MB", size=math.ceil(count / MB))
    return Text("{size:n} GB", size=round(count / GB, 1))


def going_on(machine: Machine, owner: str | None) -> Text:
    """How many train, and how many of them are the reader's own: "2 runs train now: yours 1"."""
    running = training(machine)
    if not running:
        return Text("No run trains now")
    mine = sum(run.owner == owner for run in running)
    return plural(
        "One run trains now: yours {mine}", "{count} runs train now: yours {mine}", count=len(running), mine=mine
    )


def cores(machine: Machine) -> Text:
    return plural("{count} core", "{count} cores", count=machine.cores)


def training(machine: Machine) -> list[HostedRun]:
    return [run for host in machine.hosts for run in host.runs if run.status in TRAINING]


def cores_given(machine: Machine) -> dict[str, float]:
    """How many cores each run that trains is given. Hosts that would take more than there are get less, all alike."""
    given = {
        run.run_id: run.share * host.threads for host in machine.hosts for run in host.runs if run.status in TRAINING
    }
    return {run_id: part * min(1.0, machine.cores / (sum(given.values()) or 1.0)) for run_id, part in given.items()}


def share_of_core(part: float) -> Text:
    """A share in whole per cent."""
    if part < 0.01:
        return Text("less than 1 % of a core")
    return Text("about {percent:.0f} % of a core", percent=100 * part)


def _nobody(machine: Machine) -> Text:
    paused = sum(run.status == "paused" for host in machine.hosts for run in host.runs)
    if machine.waiting:
        waiting = len(machine.waiting)
        return plural("One run will begin in a moment.", "{count} runs will begin in a moment.", count=waiting)
    if paused:
        return plural("Nobody trains: one run is paused.", "Nobody trains: {count} runs are paused.", count=paused)
    return Text("Nobody trains: the machine is free.")


def _long_step(run: HostedRun) -> Text:
    name = run.name or Text("one of them")
    return Text(
        "A step of {name} takes {seconds:.1f} s, for which the others wait.", name=name, seconds=run.step_seconds
    )


def _runs(count: int) -> Text:
    return plural("one run", "{count} runs", count=count)
