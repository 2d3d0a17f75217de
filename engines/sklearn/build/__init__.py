"""What reads an estimator while its image is built; in no image afterwards."""
