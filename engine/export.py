"""What can be taken away: a network as a PyTorch or Keras program, as JSON, as a link. Imports no torch."""

from engine.keras_code import keras_code
from engine.pytorch_code import pytorch_code
from engine.recipes import recipe_from_json, recipe_from_link, recipe_to_json, recipe_to_link

__all__ = ["keras_code", "pytorch_code", "recipe_from_json", "recipe_from_link", "recipe_to_json", "recipe_to_link"]
