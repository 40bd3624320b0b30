"""The recorded runs that ship with the playground, for pages that have nothing of the visitor's own to show."""

import base64
import functools
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.files import ASSETS
from engine.gan.events import FrameDrawn
from engine.kinds import job_from_json, name_of_job, parameters_of
from engine.runs.info import RunInfo
from engine.runs.message import Message, joined
from engine.runs.results import Trained, load_result_at

EXAMPLE, EXAMPLE_GAN = "example", "example-gan"
PATHS = {
    EXAMPLE: ASSETS / "models" / "example_run.json.gz",
    EXAMPLE_GAN: ASSETS / "gan" / "example.json.gz",
}


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
        return joined((m for m in self.messages if m["seq"] > after), after)

    def trained(self) -> Trained | None:
        """What it learned, where that was recorded too."""
        return load_result_at(weights_path(self.path), self.info.job)


def weights_path(path: Path) -> Path:
    """Where the weights are that belong to the recording at `path`."""
    return path.with_name(path.name.replace(".json.gz", ".safetensors"))


def example(run_id: str) -> Example | None:
    """The recorded run with this id; None when there is none, or its recording is not there."""
    path = PATHS.get(run_id)
    return _recorded(run_id, path) if path and path.is_file() else None


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
def _recorded(run_id: str, path: Path) -> Example:
    recording = json.loads(gzip.decompress(path.read_bytes()))
    job = job_from_json(recording["job"])
    messages = tuple(recording["messages"])
    ends = ("finished", "gan_finished")
    info = RunInfo(
        id=run_id,
        owner="",
        created=0.0,
        name=name_of_job(job),
        job=job,
        status="finished",
        seq=messages[-1]["seq"],
        finished=next((e for m in messages for e in m["events"] if e["event"] in ends), None),
        parameters=parameters_of(job),
    )
    drawn = [FrameDrawn(**{**f, "content": base64.b64decode(f["content"])}) for f in recording.get("frames", ())]
    return Example(info, messages, {frame.frame: frame for frame in drawn}, path)
