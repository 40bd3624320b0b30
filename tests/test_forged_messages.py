"""A visitor who writes Streamlit's messages by hand gets nothing but pages: no error, no trace, nobody else's run."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection

from tests.a_visitor import Visitor
from tests.forged_messages import answers, complaints, forged, widget_ids
from tools.browser import ROOT, local_server

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
QUERIES = ("", "run=example", "run=example-gan", "part=generator", "part=discriminator")
MESSAGES = 100


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("playground")


@pytest.fixture(scope="module")
def host(folder: Path) -> Iterator[str]:
    with local_server(folder) as server:
        yield server.url.removeprefix("http://")


@pytest.fixture
def line(host: str) -> Iterator[ClientConnection]:
    with Visitor(host) as visitor, visitor.connected("/_stcore/stream", f"http://{host}") as connection:
        yield connection


def opened(line: ClientConnection, page: str, query: str = "", *widgets: WidgetState) -> list[ForwardMsg]:
    """Open a page, with widgets at what was made up for them."""
    message = BackMsg()
    message.rerun_script.page_name, message.rerun_script.query_string = page, query
    message.rerun_script.widget_states.widgets.extend(widgets)
    return answers(line, message)


def named(messages: list[ForwardMsg], end: str) -> str:
    """The id of the widget whose key ends so."""
    return next(id for id in widget_ids(messages) if id.endswith(end))


FOREIGN = (
    ("number_input", WidgetState(string_value="seven")),
    ("selectbox", WidgetState(bytes_value=b"\0")),
    ("button_group", WidgetState(int_value=99)),
    ("file_uploader", WidgetState(string_value="x")),
    ("bidi_component", WidgetState(json_value="not json")),
    ("slider", WidgetState(string_value="x")),
    ("number_input", WidgetState(double_value=float("nan"))),
)


def test_a_value_of_a_foreign_type_stands_for_none(line: ClientConnection, folder: Path) -> None:
    seen = set[str]()
    for page in PAGES:
        widgets = widget_ids(opened(line, page))
        for kinds in (FOREIGN[:-1], FOREIGN[-1:]):  # a widget has one value
            forging = list[WidgetState]()
            for sort, foreign in kinds:
                ids = [id for id, its in widgets.items() if its == sort][:3]
                seen |= {sort} if ids else set()
                for id in ids:
                    forging.append(WidgetState())
                    forging[-1].CopyFrom(foreign)
                    forging[-1].id = id
            if forging:
                assert complaints(opened(line, page, "", *forging)) == []
        assert complaints(opened(line, page)) == []  # nor does it stay
    assert seen == {sort for sort, _ in FOREIGN}
    assert "Traceback" not in (folder / "server.log").read_text()


def test_a_whole_number_that_was_typed_counts(line: ClientConnection) -> None:
    epochs = named(opened(line, "train"), "-training.epochs")
    drawn = opened(line, "train", "", WidgetState(id=epochs, int_value=100))
    assert "Over 43,000 steps" in " ".join(message.delta.new_element.markdown.body for message in drawn)


def test_no_message_counts_on_what_a_browser_may_have_dropped(line: ClientConnection) -> None:
    message = BackMsg()
    message.rerun_script.page_name = "train"
    drawn = answers(line, message)
    message.rerun_script.cached_message_hashes.extend(sorted({m.hash for m in drawn if m.hash}))
    again = answers(line, message)
    assert max(m.ByteSize() for m in again) > 10_000 and "ref_hash" not in {m.WhichOneof("type") for m in again}


def test_a_button_of_a_layer_that_is_gone_does_nothing(line: ClientConnection, folder: Path) -> None:
    shown = opened(line, "build")
    last = max(int(id.rpartition("-layer-")[2].split("-")[0]) for id in widget_ids(shown) if id.endswith("-delete"))
    for button in ("delete", "content_copy", "arrow_upward", "arrow_downward"):
        ids = [named(shown, f"-layer-{layer}-{button}") for layer in range(last + 1)]
        opened(line, "build", "", *(WidgetState(id=id, trigger_value=True) for id in ids))
        for id in reversed(ids):
            assert complaints(opened(line, "train", "", WidgetState(id=id, trigger_value=True))) == []
    assert "Traceback" not in (folder / "server.log").read_text()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1))
def test_whatever_is_forged_pages_are_drawn_and_no_trace_is_logged(
    line: ClientConnection, folder: Path, seed: int
) -> None:
    dice = random.Random(seed)
    ids: dict[str, str] = {}
    for page in PAGES:
        for query in QUERIES:
            ids |= widget_ids(opened(line, page, query))
    assert len(set(ids.values())) >= 8
    for _ in range(MESSAGES):
        sent = forged(ids, PAGES, dice)
        came = answers(line, sent)
        assert complaints(came) == [], sent
        ids |= widget_ids(came)
    assert "Traceback" not in (folder / "server.log").read_text()
