"""Networks: the spec that a person assembles, its plan, and the torch module built from it."""
