"""The recorded runs that ship with the playground, for pages where the visitor has no run yet."""

import base64
import functools
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.files import ASSETS
from engine.kinds import KINDS, job_from_json, kind_of, sort_of_name
from engine.runs.info import RunInfo
from engine.runs.message import Message, join
from engine.runs.results import load_result_at
from engine.training.events import FrameDrawn

PATHS = {kind.example[0]: ASSETS / kind.example[1] for kind in KINDS.values() if kind.example}


@dataclass(frozen=True, slots=True)
class Example:
    """A run nobody owns, its messages as they went over the wire, and its film."""

    info: RunInfo
    messages: tuple[Message, ...]
    frames: Mapping[int, FrameDrawn]
    path: Path

    def history(self, after: int) -> Message:
        if all(message["seq"] != after for message in self.messages):
            after = 0
        return join((m for m in self.messages if m["seq"] > after), after)

    def film(self) -> list[tuple[int, int, float]]:
        """Number, step and seconds of every frame, in order."""
        return [(number, frame.step, frame.seconds) for number, frame in sorted(self.frames.items())]

    def trained(self) -> Any:
        """What it learned, where that was recorded too."""
        return load_result_at(weights_path(self.path), self.info.kind)


def weights_path(path: Path) -> Path:
    """Where the weights are that belong to the recording at `path`."""
    return path.with_name(path.name.replace(".json.gz", ".safetensors"))


def example(run_id: str) -> Example | None:
    """The recorded run with this id; None when there is none, or its recording is not there."""
    path = PATHS.get(run_id)
    return _read_recording(run_id, path) if path and path.is_file() else None


def frame_to_json(frame: FrameDrawn) -> dict[str, Any]:
    """One frame as it stands in a recording."""
    content = base64.b64encode(frame.content).decode()
    return {
        "step": frame.step,
        "seconds": frame.seconds,
        "frame": frame.frame,
        "media_type": frame.media_type,
        "content": content,
    }


@functools.cache
def _read_recording(run_id: str, path: Path) -> Example:
    recording = json.loads(gzip.decompress(path.read_bytes()))
    job = job_from_json(recording["job"])
    kind = kind_of(job)
    messages = tuple(recording["messages"])
    info = RunInfo(
        id=run_id,
        owner="",
        created=0.0,
        name=kind.title(job),
        job=job,
        status="finished",
        seq=messages[-1]["seq"],
        finished=next((e for m in messages for e in m["events"] if sort_of_name(e["event"]) == "result"), None),
        parameters=kind.parameters(job),
    )
    drawn = [FrameDrawn(**{**f, "content": base64.b64decode(f["content"])}) for f in recording.get("frames", ())]
    return Example(info, messages, {frame.frame: frame for frame in drawn}, path)
