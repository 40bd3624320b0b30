"""Runs find the page that shows them, and GANs stand among the last runs with what they made."""

import base64
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from engine.gan.kind import EXAMPLE_GAN
from engine.gan.recipes import RECIPES
from engine.kinds import kind_of
from engine.runs.info import RunInfo
from engine.training.kind import EXAMPLE, Classification
from engine.training.presets import PRESETS
from ui.home.cards import _result, last_digits

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("run_id", "opened", "shown", "words"),
    [
        (EXAMPLE_GAN, "train", "gan", "watch a network learn to write"),
        (EXAMPLE, "gan", "train", "a recorded example, not your run"),
        (EXAMPLE, "train", "train", "a recorded example, not your run"),
    ],
)
def test_a_run_opened_on_another_page_is_shown_on_its_own(run_id: str, opened: str, shown: str, words: str) -> None:
    app = AppTest.from_file(ROOT / "ui" / "shell.py", default_timeout=60).run()
    app.query_params["run"] = run_id
    app.switch_page(f"../pages/{opened}.py").run()
    assert not app.exception
    assert any(words in text.value for text in app.markdown), shown
    assert app.query_params["run"] == run_id


def a_run(job: Any, status: str, finished: dict[str, float] | None = None) -> RunInfo:
    return RunInfo("one", "me", 1.0, kind_of(job).title(job), job, status, 1, finished, 10)  # type: ignore[arg-type]


def test_results_are_said_by_kind() -> None:
    gan = RECIPES["mlp"].gan
    quick = Classification(PRESETS["quick"].network, PRESETS["quick"].config)
    assert _result(a_run(gan, "finished", {"distance": 12.34})) == "Fréchet distance 12.3"
    assert _result(a_run(gan, "stopped")) == "stopped at round 0 of 6,000"
    assert _result(a_run(quick, "finished", {"test_accuracy": 0.987})) == "98.7 %"


def test_a_gan_is_pictured_by_ten_digits_of_its_newest_frame() -> None:
    urls = [last_digits(EXAMPLE_GAN, 1, dark) for dark in (False, True)]
    light, dark = (Image.open(io.BytesIO(base64.b64decode((url or "").split(",")[1]))).convert("L") for url in urls)
    assert light.size == (140, 56)
    darkest, brightest = light.getextrema()
    assert darkest < 80 < 200 < brightest
    assert light.getpixel((0, 0)) > 200 and dark.getpixel((0, 0)) < 80
    assert last_digits("nowhere", 1, False) is None
