"""What runs left: trained networks as files in the data folder, one for each finished run, and the recorded runs that
ship with the playground, for pages where the visitor has no run yet."""

import base64
import functools
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.catalogue.params import SpecError
from engine.files import ASSETS, data_folder
from engine.kinds import KINDS, job_from_json, job_to_json, kind_of, sort_of_name
from engine.runs.info import RunInfo
from engine.runs.message import Message, join
from engine.training.events import FrameDrawn

BUNDLED = {"demo": ASSETS / "models" / "demo.safetensors"}  # classifiers that another run may begin with
PATHS = {kind.example[0]: ASSETS / kind.example[1] for kind in KINDS.values() if kind.example}


def result_path(run_id: str) -> Path:
    return data_folder() / "runs" / f"{run_id}.safetensors"


def save_result(info: RunInfo, content: bytes) -> None:
    """Save the final weights with the run's settings and figures. Raises OSError, or SpecError when they do not fit."""
    result = kind_of(info.job).result
    if result:
        facts = {"job": job_to_json(info.job), "finished": info.finished, "created": info.created}
        result.save(result_path(info.id), info.job, result.from_bytes(info.job, content), facts)


def bundled_weights(name: str) -> bytes:
    """The weights of one of BUNDLED."""
    result = KINDS["classifier"].result
    assert result
    return result.to_bytes(result.load(BUNDLED[name]))


def load_result(run_id: str, kind: str) -> Any:
    """Load the networks of a run, in evaluation mode; None when there is no usable file, or such runs leave none."""
    return load_result_at(result_path(run_id), kind)


def load_result_at(path: Path, kind: str) -> Any:
    """Load them from a file by its path."""
    try:
        return _load(path, kind)
    except (OSError, SpecError):
        return None


@functools.lru_cache(maxsize=8)
def _load(path: Path, kind: str) -> Any:
    result = KINDS[kind].result
    return result.load(path) if result else None


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
