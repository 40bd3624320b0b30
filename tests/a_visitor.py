"""A visitor without a browser: asks for the page, keeps the cookie, and presses buttons over Streamlit's own socket."""

import http.client
import json
import re
from contextlib import AbstractContextManager, ExitStack, suppress
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Button_pb2 import Button
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE = 60.0


class Visitor:
    """One tab of a new visitor of the server at `host` ("127.0.0.1:8501"). Leave it with `with`."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.cookie = self._asked_for_the_page()
        self.buttons: dict[str, Button] = {}
        self.query, self.session = "", ""
        self._page = ""
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._socket = self._open.enter_context(self.connected("/_stcore/stream", f"http://{self.host}"))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def run_id(self) -> str:
        """The run that the page's address names; empty without one."""
        found = re.search(r"\brun=([\w-]+)", self.query)
        return found[1] if found else ""

    def connected(self, path: str, origin: str | None = None) -> AbstractContextManager[ClientConnection]:
        """A WebSocket of this visitor's, opened by a page of `origin`. InvalidStatus is raised where it is refused."""
        streamlit = [Subprotocol("streamlit")] if path.startswith("/_stcore") else None
        return connect(
            f"ws://{self.host}{path}",
            additional_headers={"cookie": self.cookie},
            origin=Origin(origin) if origin else None,
            subprotocols=streamlit,
            max_size=None,
            open_timeout=PATIENCE,
        )

    def open(self, page: str, query: str = "") -> None:
        """Go to a page by its address, and wait until it is drawn."""
        self._page, self.query = page, query
        self._run_script()

    def press(self, label: str) -> None:
        """Press a button, though it may be switched off on the screen, and wait until the page is drawn again."""
        self._run_script(self.buttons[label].id)

    def events(self, run_id: str) -> AbstractContextManager[ClientConnection]:
        return self.connected(f"/api/runs/{run_id}/events")

    def _run_script(self, pressed: str = "") -> None:
        message = BackMsg()
        message.rerun_script.page_name, message.rerun_script.query_string = self._page, self.query
        if pressed:
            message.rerun_script.widget_states.widgets.add(id=pressed, trigger_value=True)
        self._socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(self._socket.recv(PATIENCE, decode=False))
            match answer.WhichOneof("type"):
                case "new_session":
                    self.session = answer.new_session.initialize.session_id
                case "delta" if answer.delta.new_element.HasField("button"):
                    button = answer.delta.new_element.button
                    self.buttons[button.label] = button
                case "page_info_changed":
                    self.query = answer.page_info_changed.query_string
                case "script_finished" if answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return

    def _asked_for_the_page(self) -> str:
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        connection.request("GET", "/", headers={"accept": "text/html"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return (answer.headers["set-cookie"] or "").split(";")[0]


def first_step(events: ClientConnection) -> int:
    """Wait for the first message with steps; the last of them."""
    while True:
        message: dict[str, Any] = json.loads(events.recv(PATIENCE))
        if "steps" in message:
            return int(message["steps"]["step"][-1])


def last_status(events: ClientConnection) -> str:
    """Wait until the run is over; how it ended."""
    status = ""
    with suppress(ConnectionClosed):
        while True:
            told = json.loads(events.recv(PATIENCE))["events"]
            status = next((e["status"] for e in reversed(told) if e["event"] == "status_changed"), status)
    return status
