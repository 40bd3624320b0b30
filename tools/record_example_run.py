"""Record the run that the Train page shows before a visitor has one: preset `quick`, seed 0, as it really went."""

import gzip
import json

from engine.build import best_device, build
from engine.config import config_to_json
from engine.data.mnist import load_mnist
from engine.events import Finished, pack
from engine.files import ASSETS, write_whole
from engine.network import network_to_json, plan
from engine.presets import PRESETS
from engine.train import train


def main() -> None:
    preset = PRESETS["quick"]
    model = build(plan(preset.network), preset.config.seed).to(best_device())
    events = [event for event in train(model, preset.config, load_mnist()) if event]
    recording = {
        "network": network_to_json(preset.network),
        "config": config_to_json(preset.config),
        "messages": [pack(events, seq=len(events))],
    }
    path = ASSETS / "models" / "example_run.json.gz"
    write_whole(path, gzip.compress(json.dumps(recording, separators=(",", ":")).encode(), 9, mtime=0))
    last = events[-1]
    accuracy = f"test accuracy {last.test_accuracy:.2%}" if isinstance(last, Finished) else "no result"
    print(f"{path.name}: {len(events):,} records, {path.stat().st_size:,} bytes, {accuracy}")


if __name__ == "__main__":
    main()
