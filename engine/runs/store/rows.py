"""Converts runs, batches of events and frames of films to rows of the store's tables and back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping

from engine.catalogue.params import SpecError
from engine.kinds import job_from_json, job_to_json, kind_of
from engine.runs.event_log import EventBatch
from engine.runs.info import Changed, RunInfo
from engine.runs.message import pack_to_store
from engine.training.events import FrameDrawn

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of a run's film with its content."""

    run_id: str
    drawn: FrameDrawn


def run_row(info: RunInfo) -> Row:
    return {
        "id": info.id,
        "owner": info.owner,
        "created": info.created,
        "name": str(info.name),
        "kind": info.kind,
        "job": json.dumps(job_to_json(info.job)),
        "parameters": info.parameters,
        **changing(info),
    }


def changing(info: RunInfo) -> Row:
    """The columns that change while a run goes on."""
    finished = json.dumps(info.finished) if info.finished else None
    return {"status": info.status, "seq": info.seq, "finished": finished, "facts": facts(info.step, info.changed)}


def facts(step: int, changed: Sequence[Changed]) -> str:
    """What lists of runs say of how far one came, and of what was changed on the way."""
    return json.dumps({"step": step, "changed": changed})


def run_info(row: RowMapping) -> RunInfo | None:
    """Read a run back; None where its networks or settings are no longer known."""
    values = dict(row)
    try:
        values["job"] = job_from_json(json.loads(values["job"]))
    except SpecError:
        return None
    del values["kind"]
    values["finished"] = json.loads(values["finished"]) if values["finished"] else None
    known = json.loads(values.pop("facts") or "{}")
    values["step"] = known.get("step") or (values["finished"] or {}).get("step", 0)
    values["changed"] = tuple((name, often, value) for name, often, value in known.get("changed", ()))
    values["own_name"], values["starred"] = values["own_name"] or "", bool(values["starred"])
    values["tags"], values["removed"] = values["tags"] or "", values["removed"] or 0.0
    values["name"] = values["own_name"] or kind_of(values["job"]).title(values["job"])
    return RunInfo(**values)


def batch_row(batch: EventBatch) -> Row:
    return {
        "run_id": batch.run_id,
        "first_seq": batch.first_seq,
        "last_seq": batch.last_seq,
        "message": json.dumps(pack_to_store(batch.events, batch.first_seq), separators=(",", ":")),
    }


def frame_row(frame: Frame) -> Row:
    drawn = frame.drawn
    return {
        "run_id": frame.run_id,
        "number": drawn.frame,
        "step": drawn.step,
        "seconds": drawn.seconds,
        "media_type": drawn.media_type,
        "content": drawn.content,
    }


def frame_of(row: RowMapping) -> FrameDrawn:
    return FrameDrawn(row["step"], row["seconds"], row["number"], row["media_type"], row["content"])
