"""A model directory: what it is called, how it is set, and what its image is built from."""
