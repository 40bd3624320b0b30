"""What the compared runs have in common, and in which of their settings they differ."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from engine.network.spec import plan
from engine.runs.info import RunInfo
from engine.training.config import CATALOGUES, SETTINGS
from ui.data import data_title
from ui.forms import CATALOGUE_TITLES, plain
from ui.language import say, say_number
from ui.runs.words import accuracy, called, course, in_words, plain_rows, rates


def facts_of(run: RunInfo) -> dict[str, str]:
    """All that may differ between two runs, in words by its label."""
    config, seconds = run.job.config, (run.finished or {}).get("train_seconds")
    rows = {
        say("Network"): called(run.name),
        say("Parameters"): say_number(run.parameters or 0),
        say("Layers"): _layers(run),
        say("Data set"): plain(data_title(run.job.network)),
    }
    rows |= {say(title): in_words(getattr(config, name), CATALOGUES[name]) for name, title in CATALOGUE_TITLES.items()}
    rows |= {say("Learning rate"): rates(run)} | plain_rows(SETTINGS, config)
    return rows | {
        say("What became of it"): course(run),
        say("Training time"): f"{say_number(seconds, '.1f')} s" if seconds else "-",
        say("Test accuracy"): accuracy(run),
    }


def _layers(run: RunInfo) -> str:
    """How many of each kind, in the order in which they come first: "Flatten, 9 Linear, 8 ReLU"."""
    counts = Counter(line.layer.kind for line in plan(run.job.network).layers)
    return ", ".join(f"{count} {kind}" if count > 1 else kind for kind, count in counts.items())


def differ_by_chance(runs: Sequence[RunInfo]) -> bool:
    """Whether two or more runs are the same but for their seed, or for the fold that is held back."""
    jobs = {(replace(run.job.network, name=""), replace(run.job.config, seed=0, fold=1)) for run in runs}
    return len(runs) > 1 and len(jobs) == 1


def differences(runs: Sequence[RunInfo]) -> dict[str, list[str]]:
    """By label, the values of all runs in their order; what is the same in all of them is left out."""
    facts = [facts_of(run) for run in runs]
    labels = list(facts[0]) if facts else []
    return {label: values for label in labels if len(set(values := [each[label] for each in facts])) > 1}
