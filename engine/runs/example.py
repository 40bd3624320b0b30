"""The recorded run that ships with the playground, for pages that have nothing of the visitor's own to show."""

import functools
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from engine.config import config_from_json
from engine.files import ASSETS
from engine.network import network_from_json, plan
from engine.runs.info import RunInfo
from engine.runs.message import Message, joined

EXAMPLE = "example"
PATH = ASSETS / "models" / "example_run.json.gz"


@dataclass(frozen=True, slots=True)
class Example:
    """A run nobody owns, and its messages as they went over the wire."""

    info: RunInfo
    messages: tuple[Message, ...]

    def history(self, after: int) -> Message:
        return joined((m for m in self.messages if m["seq"] > after), after)


def example() -> Example | None:
    """None while the recording is not there."""
    return _recorded(PATH) if PATH.is_file() else None


@functools.cache
def _recorded(path: Path) -> Example:
    recording = json.loads(gzip.decompress(path.read_bytes()))
    network, config = network_from_json(recording["network"]), config_from_json(recording["config"])
    messages = tuple(recording["messages"])
    finished = next((e for m in messages for e in m["events"] if e["event"] == "finished"), None)
    info = RunInfo(
        id=EXAMPLE,
        owner="",
        created=0.0,
        name=network.name,
        network=network,
        config=config,
        status="finished",
        seq=messages[-1]["seq"],
        finished=finished,
        parameters=plan(network).parameters,
    )
    return Example(info, messages)
