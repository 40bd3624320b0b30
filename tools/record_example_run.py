"""Record the run that the Train page shows before a visitor has one: preset `quick`, seed 0, as it really went."""

import gzip
import json

from engine.data.mnist import load_mnist
from engine.files import write_whole
from engine.kinds import job_to_json
from engine.network.build import best_device, build
from engine.network.spec import plan
from engine.runs.message import pack
from engine.runs.results import PATHS
from engine.training.events import Finished
from engine.training.kind import EXAMPLE, Classification
from engine.training.presets import PRESETS
from engine.training.train import train


def main() -> None:
    preset = PRESETS["quick"]
    model = build(plan(preset.network), preset.config.seed).to(best_device())
    events = [event for event in train(model, preset.config, load_mnist()) if event]
    recording = {
        "job": job_to_json(Classification(preset.network, preset.config)),
        "messages": [pack(events, seq=len(events))],
    }
    path = PATHS[EXAMPLE]
    write_whole(path, gzip.compress(json.dumps(recording, separators=(",", ":")).encode(), 9, mtime=0))
    last = events[-1]
    accuracy = f"test accuracy {last.test_accuracy:.2%}" if isinstance(last, Finished) else "no result"
    print(f"{path.name}: {len(events):,} records, {path.stat().st_size:,} bytes, {accuracy}")


if __name__ == "__main__":
    main()
