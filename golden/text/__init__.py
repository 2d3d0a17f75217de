"""The golden answers of a model of texts, from transformers' own package, never from the image.

python -m golden.text MODEL CARD FOLDER
python -m golden.text.compare FOLDER/cases.json PRECISION
"""
