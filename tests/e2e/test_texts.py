"""A directory of sentence-transformers is put live by one command, and OpenAI's client asks it."""

import json
from collections.abc import Callable
from pathlib import Path

import openai
import pytest

from benchmarks.given.directories import source
from tests.e2e.model import Model

BUILD_SECONDS = 1800  # torch and transformers are installed for it
TEXTS = ["hello world", "быстрая лиса", "东京 😀"]
HELLO_WORLD_TOKENS = 4  # with [CLS] and [SEP]: both words are in BERT's vocabulary
pytestmark = pytest.mark.docker


def put_live(model: Model) -> str:
    """Build, push, deploy and try a model; what the pipeline said."""
    flags = ("-r", "-p", "-d", "-t", str(model.directory))
    with model.start(*flags, PIP_RETRIES="0") as process:
        _, said = process.communicate(timeout=BUILD_SECONDS)
    assert process.returncode == 0, said[-4000:]
    return said


def test_all_minilm_embeds_as_transformers_does_and_speaks_with_openais_client(
    new_model: Callable[..., Model], tmp_path: Path
) -> None:
    model = new_model("mini lm", str(source(tmp_path)))
    said = put_live(model)
    assert "200 texts in batches of 1, by transformers: numbers within" in said
    embeddings = model.post({"inputs": TEXTS})["embeddings"]
    url = model.api_url.removesuffix("/predict") + "/v1"
    with openai.OpenAI(api_key="none", base_url=url) as client:
        answer = client.embeddings.create(model="any", input=TEXTS)
        alone = client.embeddings.create(model="any", input=TEXTS[0], encoding_format="float")
        with pytest.raises(openai.BadRequestError, match="has 302 tokens, the model takes at most"):
            client.embeddings.create(model="any", input="word " * 300)
    for one, other in zip(answer.data, embeddings, strict=True):
        assert one.embedding == pytest.approx(other, abs=1e-6)
    assert alone.data[0].embedding == pytest.approx(embeddings[0], abs=1e-6)
    assert alone.usage.total_tokens == HELLO_WORLD_TOKENS
    assert json.loads(alone.to_json())["model"] == model.name
