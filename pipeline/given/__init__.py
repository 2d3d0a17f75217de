"""A model file, or a directory that another tool wrote, instead of a model directory."""
