"""Turns the trained model into what another engine runs, when an image of that is built."""
