"""Trained networks, described for the engine that compiles them when the image is built."""
