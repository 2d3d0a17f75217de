"""Measures the model images side by side; `bash scripts/bench` runs it."""
