"""A model's image: building it, and running it as Lambda would."""
