"""Models of others as `-p` serves them: all-MiniLM-L6-v2, and the trees of xgboost-example."""
