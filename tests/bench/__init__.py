"""Figures, never asserted: `python -m tests.bench` measures a Talon of its own."""
