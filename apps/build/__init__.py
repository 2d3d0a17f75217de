"""What reads a model while its image is built; in no image afterwards."""
