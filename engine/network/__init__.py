"""Networks: what is assembled, what follows from it, and the module it becomes."""
