"""What went wrong in a run, in words for people."""

from engine.catalogue.params import SpecError
from engine.text import Text
from engine.training.events import Failed

NO_MEMORY = Text("There was not enough memory to train this network.")


def describe_failure(error: Exception) -> Failed:
    """The event that ends a run which failed with `error`."""
    if isinstance(error, SpecError):
        return Failed(error.what, error.cure)
    text = str(error)
    if isinstance(error, MemoryError) or "memory" in text:
        return Failed(NO_MEMORY, Text("Use a smaller batch or fewer channels."))
    first_line = text.splitlines()[0][:200] if text else type(error).__name__
    what = Text("Training ended with an error: {error}", error=first_line)
    return Failed(what, Text("Change the network or its settings and train again."))
