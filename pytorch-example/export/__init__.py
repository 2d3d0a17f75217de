"""Turns trained weights into what app/model.py loads; runs when the image is built."""
