"""What a network is tried with beside its curves: a pad where it reads digits, else test pictures and pictures of one's
own, drawn by assets/web/trying."""

from engine.runs.info import RunInfo
from engine.training.kind import EXAMPLE
from ui.api.predict import DEMO
from ui.api.web import web_component
from ui.pad import pad

_trying = web_component("trying", "trying/trying.js", sheets=["trying/trying.css"], html='<div class="trying"></div>')


def try_it(run: RunInfo) -> None:
    """The pad, or pictures, that the run's network reads."""
    if run.job.network.reads.is_digits:
        pad(DEMO if run.id == EXAMPLE else run.id, "run-pad", layout="compact", reread=not run.is_over)
    else:
        _trying(key="run-trying", data={"run": run.id, "over": run.is_over, "status": run.status})
