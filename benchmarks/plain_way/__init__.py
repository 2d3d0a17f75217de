"""The model directories of docs/plain-way.md: copies of base-example with the page's own lines."""
