"""A run to take along: its report is one page that loads nothing, its curves are a table with every step."""

import csv
import io
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from engine.runs.info import RunInfo
from engine.runs.message import Message
from engine.runs.results import example
from engine.training.kind import EXAMPLE
from ui.train.report import COLUMNS, curves_csv, report_html


class Reader(HTMLParser):
    """Which elements a page has, and the addresses it loads from."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]


@pytest.fixture(scope="module")
def run() -> RunInfo:
    recorded = example(EXAMPLE)
    assert recorded
    return recorded.info


@pytest.fixture(scope="module")
def history() -> Message:
    recorded = example(EXAMPLE)
    assert recorded
    return recorded.history(0)


def test_a_report_is_one_page_that_loads_nothing(run: RunInfo, history: Message) -> None:
    page = report_html(run, history, "")
    seen = Reader(page)
    assert not seen.addresses and not {"script", "link", "img", "iframe"} & set(seen.tags)
    assert seen.tags.count("svg") == 2 and seen.tags.count("polyline") == 4 and seen.tags.count("table") == 3
    assert run.finished
    for words in (f"{100 * run.finished['test_accuracy']:.2f} %", "Batch size", "Conv2d", "import torch"):
        assert words in page, words


def test_no_name_is_more_than_text_in_it(run: RunInfo, history: Message) -> None:
    for name in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title><b>", "&lt;b&gt;"):
        page = report_html(replace(run, name=name, own_name=name), history, "")
        assert Reader(page).tags == Reader(report_html(run, history, "")).tags


def test_a_run_without_a_result_or_a_step_has_a_report_too(run: RunInfo) -> None:
    nothing: Message = {"after": 0, "seq": 0, "events": []}
    page = report_html(replace(run, finished=None, status="running", step=7), nothing, "")
    assert "training now, step 7" in page and "polyline" not in page


def test_curves_have_a_line_for_every_step(history: Message) -> None:
    rows = list(csv.DictReader(io.StringIO(curves_csv(history))))
    steps = history["steps"]
    assert tuple(rows[0]) == COLUMNS
    assert [int(row["step"]) for row in rows] == steps["step"]
    assert [float(row["loss"]) for row in rows] == steps["loss"]
    read = [event for event in history["events"] if event["event"] == "evaluated"]
    assert [float(row["validation_loss"]) for row in rows if row["validation_loss"]] == [one["loss"] for one in read]


def test_the_name_of_own_pictures_is_for_their_owner(run: RunInfo, history: Message) -> None:
    reads = replace(run.job.network.reads, data="own-0123456789ab-0123456789abcdef")
    theirs = replace(run, job=replace(run.job, network=replace(run.job.network, reads=reads)))
    assert "somebody&#x27;s own" in report_html(theirs, history, "another visitor")
