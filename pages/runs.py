"""Runs: put trainings side by side, and start experiments that differ in one thing."""

from ui.compare.view import compare_page

compare_page()
