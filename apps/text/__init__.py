"""Answers requests for what a model of texts says of them: embeddings, or labels.

    {"inputs": "The film was a delight."}
    {"inputs": ["a text", "another"], "truncate": true}

The fields are those of Hugging Face's own servers (Text Embeddings Inference: `POST /embed`,
`POST /predict`), so that what is written for these works here. The answer has an element for each
text, in their order:

    {"embeddings": [[0.03, -0.01, …], …]}
    {"predictions": ["joy", …], "probabilities": [{"joy": 0.98, "anger": 0.02}, …]}

`engines.onnx.build.huggingface` makes the files that this reads, while an image is built.
"""

from apps.text.serving import serve

__all__ = ("serve",)
