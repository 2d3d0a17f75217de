"""Which memory to give a model: its image measured with each size."""
