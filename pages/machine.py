"""Machine: how the server is shared among all who train on it, and why it is as fast as it is."""

from ui.components.machine_view import machine_view

machine_view()
