"""What became of a run, in words: for lists of runs, and wherever one is named."""

from engine.runs.info import RunInfo
from engine.text import Text, plural
from engine.training.kind import LR
from ui.language import say

STEPS = {
    "starting": Text("about to start"),
    "running": Text("training now, step {step:,} of {steps:,}"),
    "paused": Text("paused at step {step:,} of {steps:,}"),
    "stopped": Text("stopped at step {step:,} of {steps:,}"),
    "diverged": Text("diverged at step {step:,} of {steps:,}"),
    "failed": Text("failed at step {step:,} of {steps:,}"),
    "interrupted": Text("interrupted at step {step:,} of {steps:,}, can go on"),
    "finished": Text("all {steps:,} steps"),
}
ROUNDS = {
    "starting": Text("about to start"),
    "running": Text("training now, round {step:,} of {steps:,}"),
    "paused": Text("paused at round {step:,} of {steps:,}"),
    "stopped": Text("stopped at round {step:,} of {steps:,}"),
    "diverged": Text("diverged at round {step:,} of {steps:,}"),
    "failed": Text("failed at round {step:,} of {steps:,}"),
    "interrupted": Text("interrupted at round {step:,} of {steps:,}, can go on"),
    "finished": Text("all {steps:,} rounds"),
}


def course(run: RunInfo) -> str:
    """How far a classifier or a GAN came, and how that ended: "10 epochs", "stopped at step 1,305 of 4,690"."""
    config = run.job.config
    if run.kind == "classifier" and run.status == "finished":
        return say(plural("{count} epoch", "{count} epochs", count=config.epochs))
    words = STEPS if run.kind == "classifier" else ROUNDS
    return say(words[run.status].template, step=run.step, steps=config.steps)


def rates(run: RunInfo) -> str:
    """The learning rate that a classifier began with, and what it was changed to: "learning rate 0.001, then 0.01"."""
    first = run.job.config.optimizer["lr"]
    often, last = next(((often, value) for name, often, value in run.changed if name == LR), (0, first))
    match often:
        case 0:
            return say("learning rate {first:n}", first=first)
        case 1:
            return say("learning rate {first:n}, then {last:n}", first=first, last=last)
    return say("learning rate {first:n}, changed {often:,} times, then {last:n}", first=first, often=often, last=last)
