"""Plots as text and as SVG: own code, since the steps run on a Python without matplotlib."""
