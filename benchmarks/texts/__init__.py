"""A real model of texts, all-MiniLM-L6-v2, as `-p` serves it, beside sentence-transformers."""
