"""What a network is tried with beside its curves: a pad where it reads digits, else test pictures and pictures of one's
own, drawn by assets/web/trying."""

from engine.data.own import is_own_name
from engine.runs.info import RunInfo
from engine.training.kind import EXAMPLE
from ui.api.predict import DEMO
from ui.api.web import web_component
from ui.pad import pad

_trying = web_component(
    "trying",
    "trying/trying.js",
    sheets=["lib/plain_button.css", "trying/trying.css", "lib/sketch.css"],
    html='<div class="trying"></div>',
)


def try_it(run: RunInfo) -> None:
    """The pad, or pictures, that the run's network reads."""
    reads = run.job.network.reads
    if reads.is_digits:
        pad(DEMO if run.id == EXAMPLE else run.id, "run-pad", layout="compact", reread=not run.is_over)
    else:
        own = is_own_name(reads.data)  # it may have been drawn; of Fashion-MNIST no drawing looks like what it knows
        _trying(key="run-trying", data={"run": run.id, "over": run.is_over, "status": run.status, "own": own})
