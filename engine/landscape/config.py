"""Which loss is looked at, and how far around, as plain data. No torch."""

from dataclasses import dataclass

from engine.catalogue.codec import Codec
from engine.catalogue.params import integer, real
from engine.network.spec import NETWORK, NetworkSpec
from engine.text import Text
from engine.training.config import SOURCE, TRAIN_CODEC, Source, TrainConfig

PICTURES = 500


@dataclass(frozen=True, slots=True)
class Landscape:
    """The loss of `config` on pictures that the network of the run `source` was trained on, at `points` x `points`
    places up to `span` away from its weights, each way."""

    network: NetworkSpec
    config: TrainConfig
    source: Source | None = None
    points: int = 15
    span: float = 1.0

    @property
    def axis(self) -> tuple[float, ...]:
        """The places along one direction, 0 in the middle."""
        half = self.points // 2
        return tuple(self.span * (place - half) / half for place in range(self.points))

    @property
    def order(self) -> tuple[int, ...]:
        """The rows, those in the middle first."""
        return tuple(sorted(range(self.points), key=lambda row: abs(row - self.points // 2)))


LANDSCAPE_CODEC: Codec[Landscape] = Codec(
    Landscape,
    Text("Loss around the weights"),
    {
        "network": NETWORK,
        "config": TRAIN_CODEC,
        "source": SOURCE,
        "points": integer(15, 5, 41, Text("Points"), Text("Places along each direction; odd, so that one is the end.")),
        "span": real(1.0, 0.1, 3.0, Text("Span"), Text("How far around; at 1 a filter is moved by its own length.")),
    },
)
