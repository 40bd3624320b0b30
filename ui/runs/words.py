"""What became of a run, in words: for lists of runs, and wherever one is named."""

from engine.runs.info import RunInfo
from engine.text import number
from engine.training.kind import LR

STEPS = {
    "starting": "about to start",
    "running": "training now, step {step:,} of {steps:,}",
    "paused": "paused at step {step:,} of {steps:,}",
    "stopped": "stopped at step {step:,} of {steps:,}",
    "diverged": "diverged at step {step:,} of {steps:,}",
    "failed": "failed at step {step:,} of {steps:,}",
    "interrupted": "interrupted at step {step:,} of {steps:,}, can go on",
    "finished": "all {steps:,} steps",
}
ROUNDS = {
    "starting": "about to start",
    "running": "training now, round {step:,} of {steps:,}",
    "paused": "paused at round {step:,} of {steps:,}",
    "stopped": "stopped at round {step:,} of {steps:,}",
    "diverged": "diverged at round {step:,} of {steps:,}",
    "failed": "failed at round {step:,} of {steps:,}",
    "interrupted": "interrupted at round {step:,} of {steps:,}, can go on",
    "finished": "all {steps:,} rounds",
}


def course(run: RunInfo) -> str:
    """How far a classifier or a GAN came, and how that ended: "10 epochs", "stopped at step 1,305 of 4,690"."""
    config = run.job.config
    if run.kind == "classifier" and run.status == "finished":
        return f"{config.epochs} epochs" if config.epochs != 1 else "1 epoch"
    words = STEPS if run.kind == "classifier" else ROUNDS
    return words[run.status].format(step=run.step, steps=config.steps)


def rates(run: RunInfo) -> str:
    """The learning rate that a classifier began with, and what it was changed to: "learning rate 0.001, then 0.01"."""
    first = number(run.job.config.optimizer["lr"])
    often, last = next(((often, number(value)) for name, often, value in run.changed if name == LR), (0, ""))
    match often:
        case 0:
            return f"learning rate {first}"
        case 1:
            return f"learning rate {first}, then {last}"
    return f"learning rate {first}, changed {often:,} times, then {last}"
