"""Machine: how the server is shared among all who train on it, and why it is as fast as it is."""

from ui.machine.view import machine_view

machine_view()
