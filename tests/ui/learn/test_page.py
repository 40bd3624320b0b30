"""The page "Learn": a lesson from its guess to its end, what is waited for, and a lesson of one's own."""

import html
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from engine.lessons.read import lesson_from_text
from engine.lessons.shelf import lessons
from engine.runs.info import RunInfo
from engine.training.kind import Classification
from engine.training.presets import PRESETS
from tests.engine.lessons.test_lessons import SMALL
from ui import backend
from ui.learn.glossary import used_in
from ui.learn.plans import DAY, ONE, WEEKS
from ui.learn.sheet import sheet_html

NAMES = ("Home", "Learn", "2-D", "Data", "Build", "Train", "Inside", "Draw", "GAN", "Runs", "Machine")


@pytest.fixture
def app(untrained: AppTest) -> AppTest:
    return untrained.switch_page("../pages/learn.py").run()


def opened(app: AppTest, key: str) -> AppTest:
    app.query_params["lesson"] = key
    return app.run()


def words(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.success, *app.info, *app.warning, *app.error]
    return "\n".join(str(part.value) for part in parts)


def test_all_lessons_are_listed_with_their_questions(app: AppTest) -> None:
    assert not app.exception
    for lesson in lessons().there.values():
        assert lesson.question in words(app)


def test_what_is_asked_is_guessed_before_it_is_told(app: AppTest) -> None:
    opened(app, "01-picture")
    assert "784 numbers" not in words(app)
    app.button(key="lesson-hint-0").click().run()
    assert "Multiply the height by the width." in words(app)
    app.number_input(key="lesson-answer-0").set_value(800)
    form = next(button for button in app.button if button.label == "Guess")
    form.click().run()
    assert "You guessed 800. **It is 784**; you were off by 16." in words(app)
    assert "only these 784 numbers" in words(app)
    app.button(key="lesson-next").click().run()
    assert "Go to the page Draw" in words(app) and not app.exception


def test_a_step_is_done_by_a_run_of_ones_own_since_the_lesson_began(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = backend.service()
    opened(app, "01-picture")
    app.button(key="lesson-step-3").click().run()
    assert "waits for it" in words(app)
    visitor = app.session_state["playground"]
    mlp = PRESETS["mlp"]
    run_id = service.start(Classification(mlp.network, mlp.config), visitor.visitor)
    assert "waits for it" in words(app.run())
    run = service.run(run_id)
    assert run
    done = replace(run, status="finished", finished={"test_accuracy": 0.96})
    before = replace(done, created=run.created - 1000)

    def tell(told: RunInfo) -> None:
        monkeypatch.setattr(type(service), "runs", lambda *_, **__: [told])

    tell(before)
    assert "waits for it" in words(app.run())
    tell(done)
    assert "Done." in words(app.run()) and not app.exception
    monkeypatch.undo()
    assert "Done." in words(app.run())  # kept, whatever becomes of the run


def test_a_way_puts_its_network_on_the_table_and_the_other_pages_lead_back(app: AppTest) -> None:
    opened(app, "02-hidden-layers")
    app.button(key="lesson-step-1").click().run()
    app.button(key="lesson-way-0").click().run()
    assert app.session_state["playground"].network == PRESETS["perceptron"].network
    assert "**Why networks have hidden layers**, step 2: Train it" in words(app) and not app.exception
    app.button(key="lesson-leave").click().run()
    assert "step 2: Train it" not in words(app)


def pages(app: AppTest) -> list[str]:
    """The pages that the bar at the top offers."""
    return [link.proto.label for link in app.main.get("page_link") if link.proto.label in NAMES]


def test_a_lesson_alone_hides_the_pages_that_it_does_not_need_until_all_are_asked_for(app: AppTest) -> None:
    every = pages(app)
    assert {"Home", "GAN", "Machine"} < set(every)
    app.query_params["mode"] = "alone"
    opened(app, "02-hidden-layers")
    assert pages(app) == ["Learn", "Build", "Train"] and not app.exception
    app.button(key="lesson-step-1").click().run()
    app.button(key="lesson-way-0").click().run()
    assert pages(app) == ["Learn", "Build", "Train"]
    app.button(key="lesson-leave").click().run()
    assert pages(app) == every
    app.switch_page("../pages/learn.py")
    app.query_params["mode"] = "alone"
    opened(app, "02-hidden-layers")
    app.button(key="lesson-all-pages").click().run()
    assert pages(app) == every
    app.query_params["mode"] = "alone"
    opened(app, "no-such-lesson")
    assert pages(app) == every


def test_a_lesson_of_ones_own_is_opened_or_its_mistake_named(app: AppTest) -> None:
    app.text_area(key="own-lesson-text").set_value(SMALL.replace("minutes: 5", "minutes: x")).run()
    app.button(key="own-lesson-open").click().run()
    assert "Line 3: x is no number." in words(app)
    app.text_area(key="own-lesson-text").set_value(SMALL).run()
    app.button(key="own-lesson-open").click().run()
    assert "**A lesson.** Why?" in words(app) and not app.exception


def test_the_words_of_a_step_are_explained_and_all_of_them_are_found(app: AppTest) -> None:
    assert [str(word) for word in used_in("A hidden layer has biases; the learning rate is small.")] == [
        "bias",
        "hidden layer",
        "learning rate",
    ]
    assert used_in("Nothing of the kind.") == []
    app.text_input(key="glossary-search").input("lstm").run()
    assert "**LSTM**: A recurrent layer" in words(app) and "**ReLU**" not in words(app)
    app.text_input(key="glossary-search").input("xyz").run()
    assert "No word here has this in it." in words(app)
    opened(app, "02-hidden-layers")
    assert "**perceptron**" in words(app) and "**padding**" not in words(app)


@pytest.mark.parametrize("key", lessons().there)
def test_a_lesson_on_paper_has_all_of_it_and_runs_nothing(key: str) -> None:
    lesson = lessons().there[key]
    whole, bare = sheet_html(lesson, with_answers=True), sheet_html(lesson, with_answers=False)
    for step in lesson.steps:
        assert html.escape(step.title, quote=True) in whole and html.escape(step.title, quote=True) in bare
    assert "<script" not in whole and "src=" not in whole and "href=" not in whole
    assert all(html.escape(belief, quote=True) in whole for belief in lesson.beliefs)
    assert "&#9745;" not in bare and "<polyline" not in bare and len(bare) < len(whole)


def test_hostile_words_of_a_lesson_stay_words_on_paper() -> None:
    lesson = lesson_from_text(SMALL.replace("How many?", "How <b onmouseover=alert(1)> many?").replace("<b", "< b"))
    nasty = replace(lesson, title='"><script>alert(1)</script>', talk=("**<img src=x>**",))
    page = sheet_html(nasty, with_answers=True)
    assert "<script" not in page and "<img" not in page and "<b>&lt;img src=x&gt;</b>" in page


def test_plans_name_lessons_that_there_are(app: AppTest) -> None:
    named = {*ONE, *(key for _, keys in (*DAY, *WEEKS) for key in keys)}
    assert named == set(lessons().there)
    assert "Week 6" in words(app)
