"""Train the network that measures generated pictures: preset `cnn`, three epochs, seed 0, saved with what real pictures
score on it."""

from dataclasses import replace

from engine.data.mnist import load_mnist
from engine.gan.quality import CLASSIFIER, save_reference
from engine.network.build import build
from engine.network.spec import plan
from engine.training.events import Finished
from engine.training.presets import PRESETS
from engine.training.saving import save_model
from engine.training.train import train


def main() -> None:
    preset = PRESETS["cnn"]
    model = build(plan(preset.network), 0)
    for event in train(model, replace(preset.config, epochs=3), load_mnist()):
        if isinstance(event, Finished):
            facts = {"test_accuracy": event.test_accuracy, **save_reference(model)}
            save_model(CLASSIFIER, replace(preset.network, name="Quality classifier"), model, facts)
            print(f"{CLASSIFIER.name}: test accuracy {event.test_accuracy:.2%}, {CLASSIFIER.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
