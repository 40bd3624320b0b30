"""The limits of a machine that many share, in one place, each a setting. Imports no torch.

Set before the playground starts, for server and training processes alike, as in `PLAYGROUND_MAX_RUNS_PER_OWNER=4`:

| variable | default | bounds |
| --- | --- | --- |
| `PLAYGROUND_MAX_LAYERS` | 100 | layers of a network |
| `PLAYGROUND_MAX_UNROLLED` | 600 | layers of a network, those of a block that repeats counted every time |
| `PLAYGROUND_MAX_PARAMETERS` | 20,000,000 | trainable numbers of a network |
| `PLAYGROUND_MAX_MULTIPLY_ADDS` | 2,000,000,000 | of one picture on its way through a network |
| `PLAYGROUND_MAX_ACTIVATIONS` | 2,000,000 | numbers that one picture leaves behind in a network |
| `PLAYGROUND_MAX_BATCH` | 1,024 | pictures that go through a network at once, at least 256; a GAN's count twice |
| `PLAYGROUND_MAX_PARAMETERS_TIMES_BATCH` | 10,000,000,000 | the two multiplied, of all networks of a run |
| `PLAYGROUND_MAX_STEP_MULTIPLY_ADDS` | 20,000,000,000 | of a whole step, forward |
| `PLAYGROUND_MAX_STEP_SECONDS` | 2 | estimated seconds of a step on one core |
| `PLAYGROUND_MAX_LIGHT_SECONDS` | 0.2 | seconds of a step that may delay others: a run with longer ones is heavy |
| `PLAYGROUND_MAX_HOST_MB` | 1,500 | estimated memory of all runs in one training process |
| `PLAYGROUND_MAX_RUNS_PER_OWNER` | 16 | runs of one visitor that are not over |
| `PLAYGROUND_MAX_RUN_DAYS` | 400 | days for which a run is kept, with its film and what it learned |
| `PLAYGROUND_MAX_DATA_GB` | 20 | the data folder and the database; the oldest runs go first |
| `PLAYGROUND_MAX_UPLOAD_MB` | 100 | an archive of pictures that a visitor sends |
| `PLAYGROUND_MAX_PICTURE_FILES` | 5,000 | pictures of one data set of a visitor's own |
| `PLAYGROUND_MAX_PICTURE_MB` | 150 | one such data set, its pictures as the networks read them |
| `PLAYGROUND_MAX_SETS_PER_OWNER` | 5 | such data sets of one visitor |
| `PLAYGROUND_MAX_PICTURES_GB` | 4 | such data sets of all visitors together |
| `PLAYGROUND_MAX_PICTURE_DAYS` | 100 | days after which such a data set is deleted |
"""

import functools
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from engine.catalogue.params import SpecError
from engine.text import Text

LEAST = {"batch": 256}  # presets and recipes need as much
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The fields are named as their variables, and explained above."""

    layers: int = 100
    unrolled: int = 600
    parameters: int = 20_000_000
    multiply_adds: int = 2_000_000_000
    activations: int = 2_000_000
    batch: int = 1024
    parameters_times_batch: int = 10_000_000_000
    step_multiply_adds: int = 20_000_000_000
    step_seconds: float = 2.0
    light_seconds: float = 0.2
    host_mb: int = 1500
    runs_per_owner: int = 16
    run_days: int = 400
    data_gb: float = 20.0
    upload_mb: int = 100
    picture_files: int = 5000
    picture_mb: int = 150
    sets_per_owner: int = 5
    pictures_gb: float = 4.0
    picture_days: int = 100

    @property
    def heavy_seconds(self) -> float:
        """A run whose steps take longer is heavy."""
        return self.light_seconds

    @property
    def host_memory(self) -> int:
        """The memory for all runs of one training process, in bytes."""
        return self.host_mb * MB

    @property
    def run_memory(self) -> int:
        """The memory for one run, in bytes: three quarters of a host's, so that small runs fit beside it."""
        return self.host_memory * 3 // 4

    @property
    def data(self) -> int:
        """What all that is stored may take, in bytes."""
        return int(self.data_gb * 1000 * MB)


@functools.cache
def limits() -> Limits:
    """Those of this process, read from its environment once. Raises SpecError for a value that cannot be used."""
    return limits_from(os.environ)


def limits_from(environment: Mapping[str, str]) -> Limits:
    """The defaults, but for what `environment` sets. Raises SpecError."""
    given = {}
    for field in fields(Limits):
        text = environment.get(_variable(field.name))
        if text is not None:
            given[field.name] = _read(field.name, text, whole=isinstance(field.default, int))
    return Limits(**given)


def _read(name: str, text: str, whole: bool) -> Any:
    least = LEAST.get(name, 1 if whole else 0)
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = math.nan
    if math.isfinite(value) and value >= least and value > 0:
        return value
    what = Text("The environment variable {name} is {value}.", name=_variable(name), value=repr(text[:40]))
    usual = getattr(Limits(), name)
    if whole:
        cure = Text(
            "Set it to a whole number from {least:n} up, or leave it out for {usual:n}.", least=least, usual=usual
        )
    else:
        cure = Text("Set it to a number above 0, or leave it out for {usual:n}.", usual=usual)
    raise SpecError(what, cure)


def _variable(name: str) -> str:
    return f"PLAYGROUND_MAX_{name.upper()}"
