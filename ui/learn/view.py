"""The parts of the page "Learn": the list of lessons, and one lesson step by step."""

import functools
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote, urlsplit

import streamlit as st

from engine.catalogue.params import SpecError
from engine.lessons.conditions import Condition
from engine.lessons.lesson import Choice, Curve, Lesson, Number, Step, Way
from engine.lessons.read import lesson_from_text
from engine.lessons.shelf import lessons
from engine.text import plural
from ui.api.web import nothing, web_component
from ui.backend import service
from ui.colours import COLOURS
from ui.forms import plain
from ui.language import say, say_number
from ui.learn.facts import facts_of
from ui.learn.glossary import glossary, words_of
from ui.learn.plans import ADDRESS, PAGE, plans
from ui.learn.progress import Progress, read_progress, write_progress
from ui.learn.ways import go
from ui.state import Session, draw_again, entered, owner
from ui.top_bar import heading

OWN = "own"
MODE, ALONE = "mode", "alone"  # of an address of this page
LEARN, BUILD, TRAIN = "learn", "build", "train"  # paths of pages
COLUMNS = 3
LOOK_SECONDS = 2
RUNS_LOOKED_AT = 60
_curve = web_component(
    "guess_curve",
    "learn/curve.js",
    sheets=["learn/curve.css"],
    html='<div class="guess"></div>',
    css=f":host {{ display: block; --guess-truth: {COLOURS['test']}; }} .guess {{ min-height: 20rem; }}",
)
_own_lesson = functools.lru_cache(maxsize=64)(lesson_from_text)  # every page of its reader asks for it


def learn_page(visitor: Session) -> None:
    """One lesson where the address names one, else all of them."""
    progress = read_progress(visitor.shelf, owner())
    key = st.query_params.get(ADDRESS, "")
    lesson = _lesson(visitor, key)
    if lesson:
        visitor.lesson = key
        _show(visitor, key, lesson, progress)
    else:
        if key:
            st.warning(say("No lesson has the address that was opened."), icon=":material/error:")
        _list(visitor, progress)


def pages_needed(visitor: Session, here: str) -> set[str] | None:
    """The paths of the pages that the visitor's lesson needs, where an address has asked for it alone; None where all
    are offered. `here` is the path of the page shown."""
    key = st.query_params.get(ADDRESS, "")
    if here == LEARN and st.query_params.get(MODE) == ALONE and _lesson(visitor, key):
        visitor.lesson, visitor.lesson_alone = key, True
    lesson = _lesson(visitor, visitor.lesson) if visitor.lesson_alone else None
    if lesson is None:
        return None
    ways = {urlsplit(way.address).path.strip("/") for step in lesson.steps for way in step.ways}
    return {LEARN, here} | ways | ({TRAIN} if BUILD in ways else set())


def _lesson(visitor: Session, key: str) -> Lesson | None:
    if key == OWN and visitor.own_lesson:
        return _own_lesson(visitor.own_lesson)
    return lessons().there.get(key)


def _list(visitor: Session, progress: Mapping[str, Progress]) -> None:
    st.markdown(
        say("**Lessons:** guess first, then try it on a real network, and end with one of your own. Each is checked.")
    )
    heading(say("Lessons"))
    there = list(lessons().there.items())
    for start in range(0, len(there), COLUMNS):
        for column, (number, (key, lesson)) in zip(
            st.columns(COLUMNS, gap="small"), enumerate(there[start : start + COLUMNS], start + 1), strict=False
        ):
            with column, st.container(border=True, key=f"lesson-card-{number}", gap="xsmall", height="stretch"):
                st.page_link(PAGE, label=f"**{number}. {plain(lesson.title)}**", query_params={ADDRESS: key})
                st.markdown(plain(lesson.question))
                st.caption(_standing(lesson, progress.get(key)))
    for name, why in lessons().broken.items():
        st.warning(f"{plain(name)}: {say(why)}", icon=":material/error:")
    with st.expander(say("Words of the field"), key="lesson-glossary"):
        glossary()
    with st.expander(say("Plans for a class"), key="lesson-plans"):
        plans()
    with st.expander(say("A lesson of your own"), key="own-lesson"):
        _own(visitor)


def _standing(lesson: Lesson, progress: Progress | None) -> str:
    minutes = say(plural("{count} minute", "{count} minutes", count=lesson.minutes))
    if not progress or not progress.done:
        return minutes
    if len(progress.done) >= len(lesson.steps):
        return say("{minutes} · done", minutes=minutes)
    return say(
        "{minutes} · {done} of {count} steps done", minutes=minutes, done=len(progress.done), count=len(lesson.steps)
    )


def _own(visitor: Session) -> None:
    st.markdown(
        say(
            "Write one as plain text, as docs/lessons.md tells, and paste it here. A folder of such files becomes "
            "part of the list where the variable `PLAYGROUND_LESSONS` names it."
        )
    )
    text = st.text_area(say("Lesson"), key="own-lesson-text", height=240, max_chars=40_000)
    if st.button(say("Open this lesson"), key="own-lesson-open", icon=":material/school:"):
        try:
            lesson_from_text(text)
        except SpecError as error:
            st.error(say(error.text), icon=":material/error:")
        else:
            visitor.own_lesson = text
            st.query_params[ADDRESS] = OWN
            st.rerun()


def _show(visitor: Session, key: str, lesson: Lesson, progress: dict[str, Progress]) -> None:
    mine = progress.setdefault(key, Progress())
    mine.step = min(max(mine.step, 0), len(lesson.steps) - 1)

    def keep() -> None:
        write_progress(visitor.shelf, owner(), progress)

    def turn(step: int) -> None:
        mine.step = step
        keep()

    with st.container(horizontal=True, vertical_alignment="center", key="lesson-head"):
        stop = "" if lesson.title.endswith("?") else "."
        st.markdown(f"**{plain(lesson.title)}{stop}** {plain(lesson.question)}", width="stretch")
        if visitor.lesson_alone:
            _all_pages(visitor)
        else:
            st.page_link(PAGE, label=say("All lessons"), icon=":material/list:", query_params={})
    with st.container(horizontal=True, gap="xsmall", key="lesson-steps"):
        for number, step in enumerate(lesson.steps):
            done = number in mine.done
            st.button(
                f"{number + 1}. {plain(step.title)}",
                key=f"lesson-step-{number}",
                icon=":material/check:" if done else None,
                type="primary" if number == mine.step else "secondary",
                on_click=turn,
                args=(number,),
            )
    step = lesson.steps[mine.step]
    with st.container(key="lesson", border=True):
        heading(step.title)
        st.markdown(step.text)
        words_of(" ".join((step.text, step.asks.question if step.asks else "")))
        if step.asks:
            _ask(step.asks, mine, keep)
        for number, way in enumerate(step.ways):
            _way(visitor, way, number)
        watched = step.until is not None and mine.step not in mine.done
        # While something is to be done elsewhere, this part looks by itself whether it is.
        st.fragment(_outcome, run_every=LOOK_SECONDS if watched else None)(step, mine, progress, visitor)
    _turns(lesson, mine, turn)
    if len(mine.done) >= len(lesson.steps):
        _end(lesson)
    _for_teachers(key, lesson)


def _all_pages(visitor: Session) -> None:
    """The way out of a lesson that is shown alone."""

    def leave() -> None:
        visitor.lesson_alone = False
        st.query_params.pop(MODE, None)

    st.button(say("Show all pages"), key="lesson-all-pages", icon=":material/apps:", type="tertiary", on_click=leave)


def _ask(asks: Choice | Number | Curve, mine: Progress, keep: Callable[[], None]) -> None:
    place = str(mine.step)
    answered = mine.answers.get(place)

    def answer() -> None:
        given = entered(f"lesson-answer-{place}")
        if given is not None:
            mine.answers[place] = str(given)
            keep()

    st.markdown(f"**{plain(asks.question)}**")
    if isinstance(asks, Curve):
        _ask_for_curve(asks, mine, keep)
        return
    with st.form(f"lesson-question-{place}", border=False):
        if isinstance(asks, Choice):
            names = list(asks.answers)
            st.radio(
                say("Your guess"),
                names,
                index=names.index(answered) if answered in names else None,
                key=f"lesson-answer-{place}",
                format_func=plain,
                disabled=answered is not None,
            )
        else:
            st.number_input(
                say("Your guess"),
                value=_as_number(answered),
                key=f"lesson-answer-{place}",
                format="%g",
                width=340,
                disabled=answered is not None,
            )
        st.form_submit_button(say("Guess"), on_click=answer, disabled=answered is not None)


def _ask_for_curve(asks: Curve, mine: Progress, keep: Callable[[], None]) -> None:
    place = str(mine.step)
    guess = asks.read(mine.answers.get(place, ""))
    data = {"across": asks.across, "unit": asks.unit, "low": asks.low, "high": asks.high, "guess": guess}
    data["right"] = asks.right if guess else None
    result = _curve(key=f"lesson-curve-{place}", data=data, on_guessed_change=nothing)
    drawn = asks.read(str(result.get("guessed") or ""))
    if drawn and not guess:
        mine.answers[place] = " ".join(f"{value:g}" for value in drawn)
        keep()
        st.rerun()


def _as_number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def _judged(asks: Choice | Number | Curve, given: str) -> str:
    if isinstance(asks, Curve):
        drawn = asks.read(given)
        off = say_number(float(f"{asks.off(drawn):.2g}")) if drawn else ""
        return say("On average your curve is **{off} {unit}** away from what happened.", off=off, unit=plain(asks.unit))
    if isinstance(asks, Choice):
        right = plain(asks.answers[asks.right])
        if given == asks.answers[asks.right]:
            return say("**Right: {answer}.**", answer=right)
        return say("You guessed {guess}. **It is {answer}.**", guess=plain(given), answer=right)
    guess = _as_number(given) or 0.0
    values = {"guess": say_number(guess), "answer": say_number(asks.right), "off": say_number(abs(guess - asks.right))}
    if guess == asks.right:
        return say("**Right: {answer}.**", answer=values["answer"])
    return say("You guessed {guess}. **It is {answer}**; you were off by {off}.", **values)


def _way(visitor: Session, way: Way, number: int) -> None:
    if st.button(plain(way.label), key=f"lesson-way-{number}", icon=":material/arrow_forward:", type="primary"):
        go(visitor, way.address)


def _outcome(step: Step, mine: Progress, progress: dict[str, Progress], visitor: Session) -> None:
    """Whether what the step asks was done; then what it tells, else the hints."""
    place, number = str(mine.step), mine.step
    answered = step.asks is None or place in mine.answers
    met = number in mine.done or step.until is None or _is_met(step.until, mine)
    if not met:
        st.caption(say(":material/hourglass_empty: This page waits for it, and sees by itself when it is done."))
    if met and answered and number not in mine.done:
        mine.done.append(number)
        write_progress(visitor.shelf, owner(), progress)
        if step.until:
            st.rerun()  # the row of steps shows it, too
    if step.asks and place in mine.answers:
        st.markdown(_judged(step.asks, mine.answers[place]))
    if number in mine.done and step.until:
        st.success(say("Done."), icon=":material/check:")
    if step.tells and number in mine.done:
        st.markdown(step.tells)
    elif step.hints and number not in mine.done:
        _hints(step, mine, progress, visitor)


def _is_met(condition: Condition, mine: Progress) -> bool:
    """By runs that the visitor has started since the lesson began."""
    runs = service().runs(owner(), limit=RUNS_LOOKED_AT)
    return condition.is_met(facts_of(run) for run in runs if run.created >= mine.began)


def _hints(step: Step, mine: Progress, progress: dict[str, Progress], visitor: Session) -> None:
    place = str(mine.step)
    shown = mine.hints.get(place, 0)
    for hint in step.hints[:shown]:
        st.info(hint, icon=":material/lightbulb:")
    if shown < len(step.hints) and st.button(say("Hint"), key=f"lesson-hint-{place}", icon=":material/lightbulb:"):
        mine.hints[place] = shown + 1
        write_progress(visitor.shelf, owner(), progress)
        draw_again()


def _turns(lesson: Lesson, mine: Progress, turn: Callable[[int], None]) -> None:
    last = len(lesson.steps) - 1
    with st.container(horizontal=True, key="lesson-turns"):
        st.button(
            say("Back"), key="lesson-back", icon=":material/arrow_back:", disabled=mine.step == 0,
            on_click=turn, args=(mine.step - 1,),
        )  # fmt: skip
        if mine.step < last:
            done = mine.step in mine.done
            st.button(
                say("Next") if done else say("Skip this step"),
                key="lesson-next",
                type="primary" if done else "secondary",
                icon=":material/arrow_forward:",
                on_click=turn,
                args=(mine.step + 1,),
            )


def _end(lesson: Lesson) -> None:
    heading(say("What you can do now"))
    st.success(say("**The whole lesson is done.** You can:"), icon=":material/celebration:")
    st.markdown("\n".join(f"- {plain(goal)}" for goal in lesson.goals))
    keys = list(lessons().there)
    here = next((number for number, one in enumerate(lessons().there.values()) if one is lesson), len(keys))
    if here + 1 < len(keys):
        following = lessons().there[keys[here + 1]]
        label = say("Next lesson: {title}", title=plain(following.title))
        st.page_link(PAGE, label=label, icon=":material/school:", query_params={ADDRESS: keys[here + 1]})


def _for_teachers(key: str, lesson: Lesson) -> None:
    with st.expander(say("For the one who teaches"), key="lesson-teacher"):
        if key != OWN:
            with st.container(horizontal=True, key="lesson-sheets"):
                sheet = f"/api/lessons/{quote(key)}/sheet"
                st.link_button(say("Print it with the answers"), sheet, icon=":material/print:")
                st.link_button(say("Print it for learners"), f"{sheet}?for=learners", icon=":material/print:")
            st.page_link(
                PAGE,
                label=say("This lesson alone: the address to give to a class, where pages it does not need are hidden"),
                icon=":material/center_focus_strong:",
                query_params={ADDRESS: key, MODE: ALONE},
            )
        st.caption(say(plural("{count} minute", "{count} minutes", count=lesson.minutes)))
        _points(say("Goals"), lesson.goals)
        _points(say("What surprises"), (lesson.surprise,) if lesson.surprise else ())
        _points(say("What learners often believe, and the answer"), lesson.beliefs)
        _points(say("To ask the class"), lesson.talk)
        for said in (lesson.standards, lesson.source):
            if said:
                st.caption(said)


def _points(title: str, points: Sequence[str]) -> None:
    if points:
        st.markdown(f"**{title}**\n\n" + "\n".join(f"- {plain(point)}" for point in points))


def lesson_line(visitor: Session) -> None:
    """On every other page: which step of which lesson the visitor is at, and the way back."""
    lesson = _lesson(visitor, visitor.lesson)
    if not lesson:
        return
    mine = read_progress(visitor.shelf, owner()).get(visitor.lesson, Progress())
    number = min(max(mine.step, 0), len(lesson.steps) - 1)

    def leave() -> None:
        visitor.lesson, visitor.lesson_alone = "", False

    step, title = plain(lesson.steps[number].title), plain(lesson.title)
    with st.container(horizontal=True, vertical_alignment="center", key="lesson-line", gap="small"):
        said = say(":material/school: **{title}**, step {number}: {step}", title=title, number=number + 1, step=step)
        st.markdown(said, width="content")
        st.page_link(
            PAGE, label=say("Back to the lesson"), icon=":material/undo:", query_params={ADDRESS: visitor.lesson}
        )
        st.button(say("Leave it"), key="lesson-leave", type="tertiary", on_click=leave)
