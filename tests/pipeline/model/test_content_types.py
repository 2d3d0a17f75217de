"""A content type that the API would spoil is found before the push, and only such a one."""

import json

import pytest

from pipeline.errors import ContentTypeError
from pipeline.model.content_types import binary_media_types, check, missing
from serving import api
from serving.application import Application
from tests.model_directory import REPOSITORY
from tests.serving.recorded import reply_of, request
from tests.serving.toy_model import Answer, Request, scale
from tests.templates.translated import template

TEMPLATE = (REPOSITORY / "template.yaml").read_text()
API = "Resources:\n  Api:\n    Type: AWS::Serverless::Api\n    Properties:\n"
BLOCK = API + "      BinaryMediaTypes:\n        - image~1png\n      Name: a\n"
SPELLINGS = {
    "a list of lines": BLOCK,
    "not indented": API + "      BinaryMediaTypes:\n      - image~1png\n      Name: a\n",
    "a list in brackets": API + "      BinaryMediaTypes: [image~1png]\n",
    "brackets over lines": API + "      BinaryMediaTypes: [\n        image~1png,\n      ]\n",
    "in a mapping of one line": "A: {Type: AWS::Serverless::Api, BinaryMediaTypes: [image~1png]}",
    "quoted": API + "      \"BinaryMediaTypes\":\n        - 'image~1png'\n",
    "with comments": API
    + "      # BinaryMediaTypes: [a~1b]\n      BinaryMediaTypes: # of photographs\n"
    "        # - image~1gif\n\n        - image~1png # more\n      # - image~1webp\n",
    "unescaped, in capitals": API + "      BinaryMediaTypes: [Image/PNG]\n",
    "in a list of mappings": API
    + "      - BinaryMediaTypes:\n          - image~1png\n      - A: b\n",
    "JSON": json.dumps({"Type": "AWS::ApiGateway::RestApi", "BinaryMediaTypes": ["image~1png"]}),
    "indented JSON": json.dumps({"BinaryMediaTypes": ["image~1png"], "Name": "a"}, indent=2),
}


def model(*content_types: str) -> Application[Request, Answer]:
    """The toy model, with readers of these content types."""
    return api(readers=dict.fromkeys(content_types, lambda *_: Request([1, 2, 3])))(scale)


def document(*content_types: str) -> object:
    """What such a model answers when it is asked for its contract."""
    event = request("rest", body=None, method="GET", path="/predict/openapi.json")
    return reply_of(model(*content_types)(event, None)).body


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_the_list_is_read_however_it_is_spelt(text: str) -> None:
    assert binary_media_types(text) == {"image/png"}


def test_the_template_is_read_as_a_yaml_parser_reads_it() -> None:
    properties = template("template.yaml")["Resources"]["Api"]["Properties"]
    parsed = {name.replace("~1", "/") for name in properties["BinaryMediaTypes"]}
    assert binary_media_types(TEMPLATE) == parsed
    assert "image/jpeg" in parsed


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (" !Ref Types", "!Ref Types"),
        (" !If [HasTypes, [a~1b], [c~1d]]", "!If [HasTypes, [a~1b], [c~1d]]"),
        ("\n        Fn::Split: [',', a]", "nothing"),
        ("\n        - !Ref Type", "!Ref Type"),
        (" [image]", "image"),
    ],
)
def test_a_list_that_is_not_written_out_is_refused(value: str, shown: str) -> None:
    with pytest.raises(ContentTypeError) as refused:
        binary_media_types(f"{API}      BinaryMediaTypes:{value}\n")
    assert str(refused.value).startswith("template.yaml, line 5: BinaryMediaTypes must be a list")
    assert str(refused.value).endswith(f"got {shown}")


def test_what_the_api_would_spoil_is_listed() -> None:
    taken = document("application/pdf", "image/png", "Application/X-Npy")
    assert missing(taken, BLOCK) == ["application/pdf", "application/x-npy"]
    assert missing(taken, API) == ["application/pdf", "application/x-npy", "image/png"]


def test_the_message_says_what_to_add() -> None:
    with pytest.raises(ContentTypeError) as refused:
        check(document("application/pdf"), TEMPLATE)
    assert str(refused.value) == (
        "the model takes application/pdf, but the API would make text of such a body:"
        " add application~1pdf to BinaryMediaTypes in template.yaml"
    )
    check(document("application/pdf"), TEMPLATE.replace("image~1gif", "application~1pdf"))


@pytest.mark.parametrize("pattern", ["*~1*", "image~1*"])
def test_a_wildcard_covers_what_it_covers_on_aws(pattern: str) -> None:
    text = BLOCK.replace("image~1png", f'"{pattern}"')
    assert missing(document("image/x-new"), text) == []
    assert bool(missing(document("application/pdf"), text)) == (pattern != "*~1*")


def test_a_model_of_json_alone_needs_nothing() -> None:
    assert missing(document(), API) == []


def test_text_arrives_as_it_was_sent() -> None:
    assert missing(document("text/csv", "text/plain"), API) == []


@pytest.mark.parametrize("kind", ["AWS::Serverless::HttpApi", "AWS::Lambda::Url"])
def test_another_kind_of_api_needs_nothing(kind: str) -> None:
    text = API.replace("AWS::Serverless::Api", kind)
    assert missing(document("application/pdf"), text) == []


@pytest.mark.parametrize(
    "answer", [None, [], "", {}, {"message": "no"}, {"paths": {"/": {"post": {}, "get": None}}}]
)
def test_what_is_not_a_contract_takes_nothing(answer: object) -> None:
    assert missing(answer, TEMPLATE) == []
