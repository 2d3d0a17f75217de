from pipeline.model.content_types import missing
from tests.model_directory import REPOSITORY
from tests.pytorch_example.stand_in import MODULES
from tests.serving.recorded import reply_of, request


def test_the_api_passes_on_each_content_type_that_is_taken() -> None:
    event = request("rest", body=None, method="GET", path="/predict/openapi.json")
    document = reply_of(MODULES["app"].handler(event, None)).body
    template = (REPOSITORY / "template.yaml").read_text()
    assert missing(document, template) == []
    assert missing(document, template.replace("image~1webp", "image~1bmp")) == ["image/webp"]
