"""Lessons: plain text that asks for guesses and for things to do, and what is checked of them. Imports no torch."""
