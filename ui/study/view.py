"""The view "Use it" of a GAN: do its pictures help a classifier that has few real ones? What came out, in words
and drawn by assets/web/study/study.js."""

from typing import Any

import streamlit as st

from engine.catalogue.params import SpecError
from engine.gan.config import GanSpec
from engine.gan.recipes import DEFAULT, RECIPES
from engine.network.spec import CLASSES
from engine.runs.info import RunInfo
from engine.study.config import STUDY_SETTINGS, Study
from engine.text import Text, sentences
from ui.api.web import nothing, web_component
from ui.backend import service
from ui.colours import COLOURS
from ui.language import say, say_number
from ui.runs.steering import can_go_on
from ui.runs.words import ago, standing
from ui.state import Session, draw_again, owner, resume_run, seed, session, settle, start_run

LABELS = {
    "per_digit": Text("Real pictures of each digit"),
    "added_per_digit": Text("Generated pictures of each digit"),
}
REAL, ADDED = (10, 20, 50, 100, 200, 500), (50, 100, 200, 500, 1000)
GUESSES = {"helped": Text("Better"), "unclear": Text("No clear difference"), "harmed": Text("Worse")}
GUESS = "study-guess"
EARLIER = 50

_dots = web_component("study_picture", "study/study.js", sheets=["study/study.css"], html='<div class="study"></div>')


def use_it(run: RunInfo) -> None:
    """Ask the question for the GAN of `run`, show the answer, and keep earlier ones."""
    if not isinstance(run.job, GanSpec) or not run.job.is_conditional:
        st.info(
            say(
                "This GAN cannot be asked for a digit, so nobody knows the label of what it generates, and a "
                "classifier cannot learn from it. Train one that is told the digit: the recipe {recipe}.",
                recipe=RECIPES[DEFAULT].gan.name,
            ),
            icon=":material/label_off:",
        )
        return
    visitor = session()
    studies = _studies(run.id)
    shown = next((s for s in studies if s.id == visitor.study_run_id), studies[0] if studies else None)
    st.markdown(
        say(
            "**Do generated pictures help?** A classifier learns from a few real pictures of each digit; then another "
            "from the same with pictures of this generator added. Guess first: will it read better?"
        )
    )
    left, right = st.columns([4, 13], gap="large")
    with left:
        per_digit, added = _sizes()
        _button(visitor, run, run.job, shown, per_digit, added)
    with right:
        if shown is None:
            st.markdown(
                say("Here you will see ten of the generated pictures, and how well each of the six classifiers reads.")
            )
        else:
            _picture(shown)
        if shown and shown.finished:
            st.markdown(judged(visitor.guesses.get(shown.id, ""), shown.finished))
    _earlier(visitor, studies, shown)


def _studies(gan_run: str) -> list[RunInfo]:
    """The visitor's studies of this GAN, the newest first."""
    runs = service().runs(owner(), limit=EARLIER, kind="study")
    return [run for run in runs if isinstance(run.job, Study) and run.job.gan_run == gan_run]


def _study(run: RunInfo) -> Study:
    assert isinstance(run.job, Study)
    return run.job


def _sizes() -> tuple[int, int]:
    return _slider("per_digit", REAL), _slider("added_per_digit", ADDED)


def _slider(name: str, sizes: tuple[int, ...]) -> int:
    param, key = STUDY_SETTINGS[name], f"study-{name}"
    seed(key, session().seeds.get(key, int(param.default)))
    size = int(st.select_slider(say(LABELS[name]), sizes, key=key, help=say(param.help), format_func=say_number))
    settle(key, size)
    return size


def _button(visitor: Session, run: RunInfo, gan: GanSpec, shown: RunInfo | None, per_digit: int, added: int) -> None:
    if shown and not shown.is_over:
        if st.button(
            say("End the study"), key="study-stop", icon=":material/stop:", help=say("End it here; whole pairs count")
        ):
            service().control(shown.id, owner(), "stop")
            draw_again()
        return
    if can_go_on(shown):
        _resume_button(shown)
    guess = _guess()
    go = st.button(
        say("Compare"),
        key="study-go",
        icon=":material/compare_arrows:",
        type="primary",
        help=say("Three trainings without and three with generated pictures; about half a minute"),
    )
    if go:
        try:
            study = Study(run.id, gan, per_digit=per_digit, added_per_digit=added)
            visitor.study_run_id = start_run(study)
            visitor.guesses[visitor.study_run_id] = guess
        except SpecError as error:
            st.warning(say(error.text), icon=":material/error:")
            return
        draw_again()


def _guess() -> str:
    """What the visitor thinks will come out, one of GUESSES; empty where they do not say."""
    guess = st.radio(
        say("Your guess: with generated pictures it reads"),
        list(GUESSES),
        index=None,
        key=GUESS,
        format_func=lambda one: say(GUESSES[one]),
    )
    return guess or ""


def _resume_button(shown: RunInfo | None) -> None:
    why = say("Go on with this study")
    if shown and st.button(say("Resume"), key="study-resume", icon=":material/play_arrow:", help=why):
        try:
            resume_run(shown.id)
        except SpecError as error:
            st.warning(say(error.text), icon=":material/error:")
            return
        draw_again()


def _picture(shown: RunInfo) -> None:
    """A dot for each training; when the study's status becomes another, the page is run again."""
    study = _study(shown)
    data = {
        "run_id": shown.id,
        "status": shown.status,
        "per_digit": study.per_digit,
        "added_per_digit": study.added_per_digit,
        "colours": {role: COLOURS[role] for role in ("train", "generator")},
    }
    _dots(key="study", data=data, on_status_change=nothing)
    if shown.finished:
        st.markdown(outcome(shown.finished))
    st.caption(fairness(study))


def _earlier(visitor: Session, studies: list[RunInfo], shown: RunInfo | None) -> None:
    if len(studies) < 2:
        return
    with st.expander(say("Your studies of this GAN")):
        for run in studies:
            line = f"{short(_study(run), run.finished, standing(run))} · {ago(run.created)}"
            off = shown is not None and run.id == shown.id
            if st.button(line, key=f"study-earlier-{run.id}", type="tertiary", disabled=off):
                visitor.study_run_id = run.id
                draw_again()


def answer(finished: dict[str, Any]) -> str:
    """What came out, one of GUESSES; empty where a study ended before it could say. A difference counts as clear when
    every pair agrees on its sign and it is larger than the pairs differ from each other."""
    pairs, difference = finished["pairs"], finished["difference"]
    if pairs < 2:
        return ""
    if finished["agree"] < pairs or abs(difference) <= finished["difference_spread"]:
        return "unclear"
    return "helped" if difference > 0 else "harmed"


def judged(guess: str, finished: dict[str, Any]) -> str:
    """Whether a guess came true; empty where nobody guessed, or nothing came out."""
    came = answer(finished)
    if not (guess and came):
        return ""
    if guess == came:
        return say("**You guessed “{guess}”, and so it is.**", guess=GUESSES[guess])
    return say("**You guessed “{guess}”; it came out otherwise.**", guess=GUESSES[guess])


def outcome(finished: dict[str, Any]) -> str:
    """The answer to the study's question, with its figures."""
    pairs, points, spread = finished["pairs"], 100 * finished["difference"], 100 * finished["difference_spread"]
    if not pairs:
        return say("**Stopped before the first pair of trainings was done.** There is nothing to compare.")
    means = Text(
        "{without:.1f} % without, {mixed:.1f} % with generated pictures",
        without=100 * finished["real_mean"],
        mixed=100 * finished["mixed_mean"],
    )
    values: dict[str, Any] = {"points": _signed(points), "spread": spread, "pairs": pairs, "means": means}
    if pairs == 1:
        return say("**{points} points** ({means}). One repeat alone cannot tell chance from effect.", **values)
    came = answer(finished)
    if came == "unclear":
        return say(
            "**No clear difference:** {points} points ± {spread:.1f} ({means}), within what chance does.", **values
        )
    if came == "helped":
        return say(
            "**The generated pictures helped:** {points} points ± {spread:.1f} in {pairs} of {pairs} repeats "
            "({means}).",
            **values,
        )
    return say(
        "**The generated pictures did harm:** {points} points ± {spread:.1f} in {pairs} of {pairs} repeats ({means}). "
        "Probably too many of them do not match their label.",
        **values,
    )


def fairness(study: Study) -> str:
    """What the comparison does not show: the GAN knows more real pictures than the classifier was given."""
    own, seen = CLASSES * study.per_digit, study.gan.config.images
    steps = study.training(study.seed).steps
    both = Text("Both trainings of a pair take {steps:n} steps and start alike.", steps=steps)
    if seen <= own:
        return say(sentences(both, Text("The GAN was trained on {seen:n} real pictures.", seen=seen)))
    more = Text(
        "The GAN itself was trained on {seen:n} real pictures, so what it generates tells more than the classifier's "
        "own {own:n}: whoever has only those cannot train this GAN.",
        seen=seen,
        own=own,
    )
    return say(sentences(both, more))


def short(study: Study, finished: dict[str, Any] | None, status: str) -> str:
    """One line about an earlier study."""
    sizes = {"real": study.per_digit, "generated": study.added_per_digit}
    if not finished or not finished["pairs"]:
        return say("{real} real and {generated} generated of each digit: {status}", **sizes, status=status)
    return say(
        "{real} real and {generated} generated of each digit: **{points} points** ± {spread:.1f}",
        **sizes,
        points=_signed(100 * finished["difference"]),
        spread=100 * finished["difference_spread"],
    )


def _signed(points: float) -> str:
    sign = "−" if round(points, 1) < 0 else "+"
    return sign + say_number(abs(points), ".1f")
