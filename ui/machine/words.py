"""How the machine is shared, in plain words: for the Machine page, the line beside a run, and the foot of a page."""

from engine.runs.cluster.machine import Carried, HostInfo, Machine

TRAINING = ("starting", "running")
WHOLE_CORE = 0.95  # a share from here on counts as a core of its own
LONG_STEP = 0.2  # s that the others notice


def sentence(machine: Machine) -> str:
    """Why it is as fast or slow as it is, at a glance."""
    said = _sentence(machine)
    return said[0].upper() + said[1:]


def _sentence(machine: Machine) -> str:
    running = training(machine)
    if not machine.hosts and machine.trouble:
        return "The training processes did not come up; trying again."
    if not machine.hosts:
        return "The training processes are getting ready."
    if not running:
        return _nobody(machine)
    people, on = len({run.owner for run in running}), cores(machine)
    if len(running) == 1:
        return f"One run trains and has the machine to itself: {on}."
    given = cores_given(machine).values()
    if min(given) >= WHOLE_CORE:
        return f"{_runs(len(running))} of {_people(people)} train, each on a core of its own."
    each = "each run" if people == 1 else "each person"
    part = sum(given) / (len(running) if people == 1 else people)
    return f"{_runs(len(running))} of {_people(people)} share {on}: {each} gets {about(part)} of a core."


def turns(host: HostInfo) -> str:
    """Who waits for whom on one host."""
    running = [run for run in host.runs if run.status in TRAINING]
    if not running:
        return "Nothing to do." if not host.runs else f"Nothing to do: {_are(len(host.runs))} not training."
    if len(running) == 1:
        return "One run, which waits for nobody."
    slowest = max(running, key=lambda run: run.step_seconds)
    longest = max(run.waited for run in running)
    words = f"{_runs(len(running))} take turns; the longest wait is {longest:.1f} s."
    if slowest.step_seconds > LONG_STEP:
        words += f" A step of {slowest.name or 'one'} takes {slowest.step_seconds:.1f} s, for which the others wait."
    return words


def share(machine: Machine, run_id: str, is_mine: bool) -> str:
    """What a run gets of the machine; empty for one that does not train here."""
    running = training(machine)
    run = next((run for run in running if run.run_id == run_id), None)
    if run is None:
        return ""
    if len(running) == 1:
        return "Alone on this machine"
    whose = "yours" if is_mine else "this one"
    part = cores_given(machine)[run_id]
    what = "has a core of its own" if WHOLE_CORE <= part < 1 / WHOLE_CORE else f"gets {about(part)} of a core"
    return f"{going_on(machine)}: {whose} {what}"


def going_on(machine: Machine) -> str:
    """How many train, on how much: "12 runs on 2 cores"."""
    return f"{_runs(len(training(machine)))} on {cores(machine)}"


def cores(machine: Machine) -> str:
    return f"{machine.cores} core{'s' * (machine.cores != 1)}"


def training(machine: Machine) -> list[Carried]:
    return [run for host in machine.hosts for run in host.runs if run.status in TRAINING]


def cores_given(machine: Machine) -> dict[str, float]:
    """How many cores each run that trains is given. Hosts that would take more than there are get less, all alike."""
    given = {
        run.run_id: run.share * host.threads for host in machine.hosts for run in host.runs if run.status in TRAINING
    }
    return {run_id: part * min(1.0, machine.cores / (sum(given.values()) or 1.0)) for run_id, part in given.items()}


def about(part: float) -> str:
    """A share in whole per cent."""
    return f"about {100 * part:.0f} %" if part >= 0.01 else "less than 1 %"


def _nobody(machine: Machine) -> str:
    paused = sum(run.status == "paused" for host in machine.hosts for run in host.runs)
    if machine.waiting:
        return f"{_runs(len(machine.waiting))} will begin in a moment."
    if paused:
        return f"Nobody trains: {_are(paused)} paused."
    return "Nobody trains: the machine is free."


def _runs(count: int) -> str:
    return "one run" if count == 1 else f"{count} runs"


def _are(count: int) -> str:
    return "one run is" if count == 1 else f"{count} runs are"


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count} people"
