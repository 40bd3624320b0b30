"""The stream of a search for settings: Optuna chooses the values of each trial and ends those that are behind (TPE,
Bergstra 2011; median pruning); ours are the trainings."""

import importlib
import math
import threading
import time
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from engine.data.mnist import Data
from engine.network.build import best_device, build
from engine.network.spec import plan
from engine.search.config import SPACE, Search
from engine.search.events import SearchEvent, SearchFinished, SearchStarted, SearchWent, TrialDone
from engine.training.events import Diverged, EpochDone, StepDone
from engine.training.facts import fact, misfit
from engine.training.streams import Clock, Controls, State, Stream
from engine.training.train import train

if TYPE_CHECKING:
    import optuna

AT_RANDOM = 4  # trials before one follows another
TOLD_EVERY = 20  # steps
LOADING_SECONDS = 0.01  # between two looks whether Optuna is there
ENDED = ("done", "pruned", "diverged")


def run_search(
    search: Search, data: Data, controls: Controls | None = None, resume: State | None = None
) -> Stream[SearchEvent | None]:
    """Do one trial after another on `data`, and report; the last event is SearchFinished. None means "still at work,
    nothing to report". Same seed, same trials.

    After each trial the stream has a state; from such a state, `resume`, it goes on with the next one. Raises SpecError
    for a state that does not fit.
    """
    clock = Clock()
    one = _Search(search, data, controls or Controls(), clock)
    if resume is not None:
        one.resume(resume)
    return Stream(one.stream(), search.seed, clock, one.state, resume)


class _Search:
    """One search. `trials` has what was learned of each: its parameters as Optuna knows them, the accuracy after each
    epoch, and how it ended."""

    def __init__(self, search: Search, data: Data, controls: Controls, clock: Clock) -> None:
        self.search, self.controls, self.clock = search, controls, clock
        self.data = Data(
            data.train_images, data.train_labels, data.test_images[:1], data.test_labels[:1], data.reads
        )  # the test set is not for choosing
        self.device = best_device()
        self.trials: list[dict[str, Any]] = []

    def stream(self) -> Iterator[SearchEvent | None]:
        if not self.trials:
            search = self.search
            yield SearchStarted(search.trials, search.epochs, search.varied, str(self.device))
        yield from _loaded("optuna")
        study = self.study()
        while len(self.trials) < self.search.trials and not self.controls.stop:
            done = yield from self.one_trial(study)
            if done:
                yield done
        yield self.finished(study)

    def study(self) -> "optuna.Study":
        """Optuna's, with all trials that are done."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        pruner = optuna.pruners.MedianPruner(n_startup_trials=AT_RANDOM, n_warmup_steps=0)
        study = optuna.create_study(direction="maximize", pruner=pruner)
        scales = {name: _scale(name) for name in self.search.varied}
        try:
            for trial in self.trials:
                study.add_trial(_frozen(trial, scales))
        except (ValueError, KeyError, TypeError) as error:
            raise misfit() from error
        return study

    def one_trial(self, study: "optuna.Study") -> Generator[SearchEvent | None, None, TrialDone | None]:
        """Choose values and train with them; None when the visitor stopped the search."""
        import optuna

        search, number = self.search, len(self.trials) + 1
        study.sampler = optuna.samplers.TPESampler(seed=search.seed + number, n_startup_trials=AT_RANDOM)
        trial = study.ask({name: _scale(name) for name in search.varied})
        values = search.told(trial.params)
        network, config = search.trial(values)
        config = search.short(config)
        model = build(plan(network), config.seed).to(self.device)
        began, reports, ended = self.clock.seconds, list[float](), "done"
        for event in train(model, config, self.data):
            if self.controls.stop:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
                return None
            match event:
                case StepDone() if event.step % TOLD_EVERY == 0:
                    yield SearchWent(number, event.step, config.steps)
                case EpochDone():
                    reports.append(event.validation_accuracy or 0.0)
                    trial.report(reports[-1], len(reports))
                    if len(reports) < search.epochs and trial.should_prune():
                        ended = "pruned"
                        break
                    yield None
                case Diverged():
                    ended = "diverged"
                case _:
                    yield None
        accuracy = reports[-1] if reports and ended != "diverged" else 0.0
        if ended == "pruned":
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        else:
            study.tell(trial, accuracy)
        self.trials.append({"params": {**trial.params}, "reports": reports, "ended": ended, "accuracy": accuracy})
        seconds = self.clock.seconds - began
        return TrialDone(number, values, accuracy, len(reports), ended, seconds)

    def finished(self, study: "optuna.Study") -> SearchFinished:
        whole = [number for number, trial in enumerate(self.trials, 1) if trial["ended"] == "done"]
        best = max(whole, key=lambda number: float(self.trials[number - 1]["accuracy"]), default=0)
        accuracy = float(self.trials[best - 1]["accuracy"]) if best else 0.0
        seconds, stopped = self.clock.seconds, self.controls.stop
        return SearchFinished(len(self.trials), best, accuracy, self.importances(study), seconds, stopped)

    def importances(self, study: "optuna.Study") -> dict[str, float]:
        """The share of each setting in what the trials differ by; empty where that cannot be said."""
        import optuna

        if len(self.search.varied) < 2 or len({trial["accuracy"] for trial in self.trials}) < AT_RANDOM:
            return {}
        try:
            found = optuna.importance.get_param_importances(study)
        except (ValueError, RuntimeError):  # trials that were all alike
            return {}
        return {name: round(share, 4) for name, share in found.items() if math.isfinite(share)}

    def state(self, _: object) -> State | None:
        """What was learned so far; None before the first trial is done."""
        return State(facts={"trials": [*self.trials]}) if self.trials else None

    def resume(self, state: State) -> None:
        """Restore `state`. Raises SpecError."""
        trials = fact(state.facts, "trials", list)
        if not 1 <= len(trials) <= self.search.trials:
            raise misfit()
        for trial in trials:
            if not isinstance(trial, dict):
                raise misfit()
            params, reports = fact(trial, "params", dict), fact(trial, "reports", list)
            if set(params) != set(self.search.varied) or not all(type(report) is float for report in reports):
                raise misfit()
            fact(trial, "accuracy", float)
            if fact(trial, "ended", str) not in ENDED:
                raise misfit()
        self.trials = [{**trial} for trial in trials]


def _loaded(module: str) -> Iterator[None]:
    """Import a module that takes half a second, in a thread: the other runs of this host go on."""
    thread = threading.Thread(target=importlib.import_module, args=(module,), daemon=True)
    thread.start()
    while thread.is_alive():
        time.sleep(LOADING_SECONDS)
        yield None


def _scale(name: str) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    space = SPACE[name]
    return (
        CategoricalDistribution(space.options)
        if space.options
        else FloatDistribution(space.low, space.high, log=space.log)
    )


def _frozen(trial: dict[str, Any], scales: dict[str, Any]) -> Any:
    """A trial that is done, as Optuna keeps it."""
    import optuna

    pruned = trial["ended"] == "pruned"
    state = optuna.trial.TrialState.PRUNED if pruned else optuna.trial.TrialState.COMPLETE
    reports = dict(enumerate(trial["reports"], 1))
    return optuna.trial.create_trial(
        state=state,
        value=None if pruned else trial["accuracy"],
        params=trial["params"],
        distributions=scales,
        intermediate_values=reports,
    )
