"""A region's peak hour, through the public API on one machine: `python -m tests.region`."""
