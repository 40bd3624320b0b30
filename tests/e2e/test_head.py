"""What a GAN's head says of a run that was cut off, resumed, or went on by itself, in the browser's own engine."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

SAID = """async (messages) => {
    const { Head } = await import("/web/gan/head.js");
    const { Rounds } = await import("/web/gan/rounds.js");
    const root = document.createElement("div");
    const [record, head] = [new Rounds(), new Head(root)];
    return messages.map((message) => {
        record.add(message);
        head.show(record.facts, "open");
        return [root.querySelector("[role=status]").textContent, root.querySelector(".studio-note").textContent];
    });
}"""
STARTED = {"event": "gan_started", "steps": 1500}
RUNNING = {"event": "status_changed", "status": "running"}
ROUND = {"step": [1, 2], "d_loss": [1.3, None], "g_loss": [0.7, 0.8], "real": [0.5, 0.6], "made": [0.5, 0.4]}
CLOSED = "The playground was closed while this run was training. Press Resume to go on."


def said(page: Page, *messages: dict[str, Any]) -> list[list[str]]:
    told: list[list[str]] = page.evaluate(SAID, list(messages))
    return told


def test_a_run_cut_off_with_the_server_says_so_until_it_is_resumed(open_page: Callable[..., Page]) -> None:
    cut_off = {"events": [STARTED, RUNNING], "steps": ROUND, "interrupted": True}
    assert said(open_page("/"), cut_off, {"events": []}, {"events": [RUNNING]}) == [
        ["Interrupted", CLOSED],
        ["Getting ready", ""],
        ["Training", ""],
    ]


def test_a_run_that_went_on_elsewhere_says_from_which_round_and_why(open_page: Callable[..., Page]) -> None:
    lost = {"event": "recovered", "step": 1120, "why": "A training process was lost; this run went on by itself."}
    told = said(open_page("/"), {"events": [STARTED, RUNNING], "steps": ROUND}, {"events": [lost]})
    assert told == [["Training", ""], ["Training", f"Round 1,120: {lost['why']}"]]


@pytest.mark.parametrize(("event", "word"), [("diverged", "Diverged"), ("failed", "Failed")])
def test_an_end_is_not_taken_back_by_news_that_come_late(open_page: Callable[..., Page], event: str, word: str) -> None:
    end = {"event": event, "why": "The losses exploded.", "cure": "Take a smaller learning rate."}
    assert said(open_page("/"), {"events": [STARTED, end, RUNNING]}) == [[word, ""]]
