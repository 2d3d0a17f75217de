"""The golden answers of a model, from its library's own package, never from the image.

    python -m golden MODEL CARD FOLDER
    python -m golden.compare FOLDER/cases.json

The first runs where the library's package is installed, the second where the image's app is. Both
run in a stage of the image's build, and nothing of this is in the image.
"""
