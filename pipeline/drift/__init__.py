"""How far requests and answers are from those that a model was trained on, by their sketches."""
