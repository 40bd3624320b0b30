"""Which run the Train page shows, its live chart, the buttons that steer it, and what the next one will cost."""

from dataclasses import replace
from typing import Any

import streamlit as st

from engine.catalogue.optimizers import OPTIMIZERS
from engine.catalogue.params import SpecError
from engine.kind import SET
from engine.network.operate import check_units
from engine.network.spec import Plan, mend_network, survey
from engine.network.surgery import surgery_from_data
from engine.runs.info import RunInfo
from engine.runs.results import BUNDLED
from engine.text import Text
from engine.training.advice import advise_lr
from engine.training.config import MOST_EPOCHS
from engine.training.kind import EXAMPLE, LR, Classification, estimate_seconds, go_on, with_lr
from engine.training.range_test import is_range_test
from ui.api.web import nothing, web_component, web_url
from ui.backend import service
from ui.charts import COLOURS
from ui.forms import slider_steps
from ui.language import say, say_number
from ui.machine.view import LINE
from ui.runs.run_page import RunPage
from ui.runs.steering import STEP_PACES, Steering, is_steered_by_visitor, is_stopping, steering_button
from ui.runs.words import UNNAMED, accuracy, called, percent
from ui.state import Session, entered, noted, owner, seed, settle
from ui.train.estimate import in_one_unit, machine_speed
from ui.train.first_weights import source_of
from ui.train.settings import shown_rate

BATCH, EPOCH, CURE, MORE = "run-batch", "run-epoch", "run-cure", "run-more"
PAGE = RunPage(
    "classifier",
    "run_id",
    Steering("run-go", "run-stop", {BATCH: "slow", EPOCH: "epoch"}),
    job=lambda visitor: Classification(visitor.network, visitor.config, source_of(visitor)),
    started=lambda visitor: visitor.keep(),
    example=EXAMPLE,
    missing=Text("No run has the address that was opened; old runs are removed. This is the example instead."),
    own=Text("Your run: {name}, {parameters:,} parameters, started {ago}."),
    others=Text("You are watching someone else's run: {name}, {parameters:,} parameters."),
    recorded=Text("Recorded example: the network {name}."),
)
# Hides the slider of the settings, which say where it is.
RATE_IS_HERE = """<style>
.st-key-rate-elsewhere { display: flex !important } [class*="st-key-log-training-optimizer-"] { display: none }
</style>"""
TRY = "try-it"  # where the network can be tried, below the curves on a phone
WIDTH = 148  # px of every button, so that none moves when another changes its name
MORE_EPOCHS = 5
REST = 9  # who reads a ninth of what guessing leaves open has learned something
PATIENT_STEPS, POOR = 300, 0.5  # a network that reads fewer digits after so many steps does not learn


def change_rate(visitor: Session, run: RunInfo, key: str) -> None:
    """Callback of the slider `key`: from the next step on this learning rate, and for the next run where that is to
    train the same way."""
    rate = float(entered(key))
    service().control(run.id, owner(), SET, (LR, rate))
    table = visitor.config.optimizer
    if visitor.network == run.job.network and table.kind == run.job.config.optimizer.kind:
        visitor.edit_config(replace(visitor.config, optimizer=table.but(lr=rate)))


def base_rate(run: RunInfo) -> float:
    """The learning rate that the run's schedule multiplies at the moment."""
    job = service().job_now(run.id) or run.job
    return float(job.config.optimizer["lr"])


def follows_schedule(run: RunInfo) -> bool:
    """Whether the learning rate of a step is mostly below the one that is set."""
    schedule = run.job.config.schedule
    return schedule.kind != "Constant" or bool(schedule["warmup"])


def trains_alike(visitor: Session, run: RunInfo) -> bool:
    """Whether the visitor's run that goes on is what Start would begin."""
    now = service().job_now(run.id) or run.job
    alike = (now.network, now.config) == (visitor.network, visitor.config)
    return is_steered_by_visitor(run) and alike and (not visitor.begin_with or now.source == source_of(visitor))


def advised_rate(run: RunInfo) -> float:
    """The learning rate to try where the run does not learn."""
    return advise_lr(run.job.config, newest_rate(run))


def newest_rate(run: RunInfo) -> float:
    """The learning rate that the run ended with, before its schedule."""
    return next((value for name, _, value in run.changed if name == LR), base_rate(run))


def does_not_learn(run: RunInfo) -> bool:
    """Whether the run is over and has shown that its learning rate does not suit it."""
    if run.finished is None:
        return run.status == "diverged"
    reads = run.job.network.reads
    guessing = 1 / len(reads.classes)
    poor = POOR if reads.is_digits else guessing + (1 - guessing) / REST
    return run.step >= PATIENT_STEPS and bool(run.finished["test_accuracy"] < poor)


def begin_cured(visitor: Session, run: RunInfo) -> str:
    """Start the run's network again with the learning rate advised; a sentence where that was refused."""
    return begin_changed(visitor, with_lr(run.job, LR, advised_rate(run)))


def begin_changed(visitor: Session, job: Classification) -> str:
    """Put the network and the settings of `job` on the table and start them; a sentence where that was refused."""
    visitor.load(job.network, job.config)
    try:
        PAGE.begin(visitor)
    except SpecError as error:
        return say(error.text)
    return ""


def can_train_more(run: RunInfo) -> bool:
    """Whether this is a finished run of the visitor's own that another one may go on from."""
    is_done = run.status == "finished" and not is_range_test(run.job.config)
    return run.owner == owner() and is_done and run.job.epochs + MORE_EPOCHS <= MOST_EPOCHS


def begin_more(visitor: Session, run: RunInfo) -> str:
    """Start a run that goes on from the weights of this one; a sentence where that was refused."""
    if not (can_train_more(run) and run.finished):
        return ""
    try:
        more = go_on(run.job, run.id, run.finished["test_accuracy"], newest_rate(run), MORE_EPOCHS)
        PAGE.begin(visitor, job=more)
    except SpecError as error:
        return say(error.text)
    return ""


def begin_operated(visitor: Session, run: RunInfo | None, told: object) -> None:
    """Start a run that goes on from the weights of this one after an operation that the page Inside tells; where that
    says `keep`, it takes no step: the operated network is tested and kept as it is. Raises SpecError."""
    if run is None or not (can_train_more(run) and run.finished):
        what = Text("Only a finished run of your own can be trained on.")
        raise SpecError(what, Text("Choose another network above."))
    surgery = surgery_from_data(told)
    learned = service().learned(run.id)
    if learned is None:
        raise SpecError(Text("The weights of this run are not there any more."), Text("Train it again."))
    check_units(learned, surgery)
    keep = isinstance(told, dict) and told.get("keep") is True
    epochs = 1 if keep else MORE_EPOCHS
    more = go_on(run.job, run.id, run.finished["test_accuracy"], newest_rate(run), epochs, surgery, keep)
    PAGE.start(visitor, job=more)


def goes_on_from(run: RunInfo) -> str:
    """What the run goes on from, for the line above it; empty where it began with first weights."""
    source = run.job.source
    if source is None:
        return ""
    before = service().run(source.run)
    name = (before.name if before else run.name) or UNNAMED
    told: dict[str, Any] = {"name": name, "accuracy": percent(source.accuracy), "frozen": source.frozen}
    if source.run in BUNDLED:
        told["name"] = Text("the bundled digit reader")
    if source.taught:
        told["count"] = len(source.taught.taught)
        return say(
            "It began with the weights of {name} ({accuracy}), and was taught {count} hand-drawn digits.", **told
        )
    if source.is_transfer and source.frozen:
        return say("It began with the weights of {name} ({accuracy}); the first {frozen} layers keep them.", **told)
    if source.is_transfer:
        return say("It began with the weights of {name} ({accuracy}).", **told)
    if source.keep:
        return say("It is {name} ({accuracy}) after surgery, not trained since.", **told)
    if source.surgery:
        return say("It goes on from {name} at {accuracy}, after surgery.", **told)
    return say("It goes on from {name} at {accuracy}.", **told)


_component = web_component(
    "live_chart",
    ["run/live_chart.js", "machine/share.js"],
    sheets=["run/head.css", "lib/spoken_chart.css", "lib/small_button.css", "run/live_chart.css", "run/slow_step.css"],
    html=f'<div class="run-whole">{LINE}<div class="run-chart"></div></div>',
    in_page=True,
)


def live_chart(
    run_id: str,
    key: str,
    *,
    status: str,
    advised: float,
    label: str = "",
    stopping: bool = False,
    guessing: float = 0.1,
) -> dict[str, Any]:
    """Show a run as it goes on. `status` is what the page drew its buttons for; `label` a line above the figures,
    `advised` the learning rate to name where it does not learn; `stopping` that Stop was pressed and tests go on;
    `guessing` the share that who guesses reads.

    When the run's status becomes another, the page is run again and finds it once under "status".
    """
    data = {
        "run_id": run_id,
        "status": status,
        "stopping": stopping,
        "label": label,
        "advised": advised,
        "guessing": guessing,
        "plotly": web_url("plotly.min.js"),
        "colours": {role: COLOURS[role] for role in ("train", "validation", "test", "wrong")},
    }
    result = _component(data=data, key=key, on_status_change=nothing)
    return {"status": result.get("status")}


def opening(run: RunInfo) -> str:
    """The page's first line: what can be done here, and of the example that it is no run of the visitor's."""
    if run.id == EXAMPLE:
        return say("**This is a recorded example, not your run.** Press Start to train yours.")
    if not run.job.network.reads.is_digits:
        return say(
            "**Start training** and watch the network learn. [Give it a picture]({place}): it reads better and better.",
            place=f"#{TRY}",
        )
    return say(
        "**Start training** and watch the network learn. [Draw a digit]({place}): it reads better and better.",
        place=f"#{TRY}",
    )


def controls(visitor: Session, run: RunInfo) -> None:
    """Start, Pause or Resume in one place, single steps and Stop beside it; below, the pace and the next run's cost."""
    planned, misfit = survey(visitor.network)
    going = is_steered_by_visitor(run) and (run.status != "paused" or is_stopping(run))
    unfit = misfit is not None and not is_steered_by_visitor(run)
    with st.container(key="run-controls", horizontal=True, vertical_alignment="center", gap="small"):
        PAGE.steering.go_button(run, unfit, WIDTH)
        why = say("Do a single step, one batch of pictures, and show its four phases in slow motion")
        steering_button(say("One batch"), BATCH, "skip_next", "S", unfit or going, why, width=WIDTH)
        why = say("Go on to the end of this epoch, then pause")
        steering_button(say("One epoch"), EPOCH, "fast_forward", "E", unfit or going, why, width=WIDTH)
        PAGE.steering.stop_button(run, say("End the run here; its test figures are worked out at once"), WIDTH)
    with st.container(key="run-next", horizontal=True, vertical_alignment="center", gap="small"):
        PAGE.steering.pace_control(run, STEP_PACES)
        if misfit is not None:
            _misfit(visitor, misfit)
        elif not trains_alike(visitor, run):
            st.caption(_cost(Plan(visitor.network, planned), visitor))


def rate(visitor: Session, run: RunInfo) -> None:
    """The learning rate of the visitor's own run while it goes on; in its place, otherwise, that this can be had. The
    style sheet hides the one of the sidebar meanwhile, so that there is always one."""
    if not is_steered_by_visitor(run):
        with st.container(key="run-rate-later"):
            if does_not_learn(run):
                _cure_button(run)
            elif can_train_more(run):
                _more_button(run)
            else:
                st.caption(
                    say("**Learning rate:** while a run of yours goes on, change it here and see the curves answer.")
                )
        if shown_rate(visitor) != visitor.config.optimizer["lr"]:
            st.rerun()  # the sidebar still has the one of before
        return
    key, now = f"run-rate-{run.id}", base_rate(run)
    seed(key, now)
    with st.container(key="run-rate-now", gap=None):
        value = st.select_slider(
            say("Peak learning rate") if follows_schedule(run) else say("Learning rate now"),
            sorted({*slider_steps(OPTIMIZERS[run.job.config.optimizer.kind].params["lr"]), now}),
            key=key,
            format_func=say_number,
            on_change=change_rate,
            args=(visitor, run, key),
            help=say(
                "How far each step goes. Change it while your run goes on: the curves show a mark, then the effect. "
                "The schedule multiplies it. Your next run begins with it, too."
            ),
        )
        # The chart's script writes in the first what the schedule makes of it.
        st.html(('<p class="rate-moment"></p>' if follows_schedule(run) else "<span></span>") + RATE_IS_HERE)
    settle(key, value)


def _cure_button(run: RunInfo) -> None:
    st.button(
        say("Start again with the learning rate {rate:n}", rate=advised_rate(run)),
        icon=":material/healing:",
        help=say("The same network and settings, with a rate at which such networks have learned"),
        width="stretch",
        **noted(CURE),
    )


def _more_button(run: RunInfo) -> None:
    st.button(say("Train five more epochs"), icon=":material/forward_5:", width="stretch", **noted(MORE))
    st.caption(
        say(
            "A new run goes on from these weights, at {accuracy}. The optimizer and the schedule start anew.",
            accuracy=accuracy(run),
        )
    )


def _cost(planned: Plan, visitor: Session) -> str:
    config = visitor.config
    work = planned.multiply_adds * config.train_images
    time = in_one_unit(estimate_seconds(planned, config, machine_speed()))
    return say(
        "Next: **{name}**, {parameters:,} parameters, {work} multiply-adds an epoch, about **{time}** on this machine",
        name=called(visitor.network.name),
        parameters=planned.parameters,
        work=_short(work),
        time=time,
    )


def _misfit(visitor: Session, misfit: SpecError) -> None:
    mend = misfit.mend
    st.markdown(f":material/error: {say(misfit.text)}")
    if mend and st.button(
        say(mend.label), key="run-mend", on_click=lambda: visitor.edit(mend_network(visitor.network, mend))
    ):
        st.rerun()  # the sidebar, too, shows another network now
    st.page_link("../pages/build.py", label=say("Change it on the Build page"), icon=":material/stacks:")


def _short(count: int) -> Text:
    if count >= 1e12:
        return Text("{count:.3g} trillion", count=count / 1e12)
    if count >= 1e9:
        return Text("{count:.3g} billion", count=count / 1e9)
    if count >= 1e6:
        return Text("{count:.3g} million", count=count / 1e6)
    return Text("{count:,}", count=count)
