"""All of a network as plain data, by one name: what is assembled (`network`), its plan with all shapes, counts and
costs (`planning`), and its JSON (`saved`). No torch."""

from engine.catalogue.shapes import shape_text, sizes
from engine.network.network import MAX_DEPTH, MAX_LAYERS, NetworkSpec, cards, is_block, layer, mend_network
from engine.network.planning import MAX_PARAMETERS, plan, survey, survey_cards
from engine.network.plans import Plan, PlannedLayer
from engine.network.reads import DIGITS, Reads
from engine.network.roles import CLASSES, INPUT_SHAPE, ROLES
from engine.network.saved import (
    MAX_JSON_CHARACTERS,
    MAX_Z,
    NETWORK,
    layer_from_json,
    layer_to_json,
    network_from_json,
    network_to_json,
    parse_json,
)

__all__ = [
    "CLASSES",
    "DIGITS",
    "INPUT_SHAPE",
    "MAX_DEPTH",
    "MAX_JSON_CHARACTERS",
    "MAX_LAYERS",
    "MAX_PARAMETERS",
    "MAX_Z",
    "NETWORK",
    "ROLES",
    "NetworkSpec",
    "Plan",
    "PlannedLayer",
    "Reads",
    "cards",
    "is_block",
    "layer",
    "layer_from_json",
    "layer_to_json",
    "mend_network",
    "network_from_json",
    "network_to_json",
    "parse_json",
    "plan",
    "shape_text",
    "sizes",
    "survey",
    "survey_cards",
]
