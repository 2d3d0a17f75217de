"""Versions on the local AWS: Lambda publishes none of a function that has not changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cloud.stacks import deploy_stack, read_stack
from pipeline.cloud.template import template_with
from pipeline.errors import StackError
from tests.local.function_stack import FunctionStack
from tests.local.instance import Instance

pytestmark = pytest.mark.docker
# Comes after the version, and fails until its image is there.
LATER = """
  Later:
    Type: AWS::Lambda::Function
    DependsOn: FunctionAliaslive
    Properties:
      PackageType: Image
      Role: !GetAtt Role.Arn
      Code: { ImageUri: !Join [":", [!Select [0, !Split ["@", !Ref ImageUri]], later]] }
"""
KEY = "VersionKey"
# With the key in it, the function changes at each deploy.
DESCRIPTION = "Description: !Sub ${Project}, release ${Release}, key ${VersionKey}"
EXISTS = (
    "A version for this Lambda function exists ( 1 ). Modify the function to create a new version."
)


class Release:
    """A stack of the project's own template, as the pipeline deploys it."""

    def __init__(self, instance: Instance, template: Path) -> None:
        self.stack = FunctionStack(instance, "again")
        self.template = template

    def parameters(self, image_uri: str) -> dict[str, str]:
        return {"Project": "again", "Stage": "dev", "Release": "r", "ImageUri": image_uri}

    def deploy(self, image_uri: str) -> bool:
        """Deploy as the pipeline does."""
        return deploy_stack(read_stack("again"), self.template, self.parameters(image_uri), KEY)


@pytest.fixture
def release(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Release]:
    """A release that is not deployed yet; what `pipeline/` asks is asked of the local AWS."""
    for name, value in instance.environment().items():
        monkeypatch.setenv(name, value)
    template = tmp_path / "template.yaml"
    template.write_text(template_with({}, "again").read_text())
    made = Release(instance, template)
    yield made
    made.stack.delete()


def break_template(release: Release) -> None:
    """Let the template's next deploy fail once it has published a version."""
    head, mark, rest = release.template.read_text().partition("\nOutputs:")
    release.template.write_text(head + LATER + mark + rest)


def mend(instance: Instance, image_uri: str) -> None:
    """Push what the broken template lacks."""
    later = image_uri.partition("@")[0] + ":later"
    instance.docker("tag", image_uri, later)
    instance.docker("push", "--quiet", later)


def test_an_unchanged_function_has_no_new_version(
    instance: Instance, release: Release, pushed: dict[str, str]
) -> None:
    text = release.template.read_text()
    release.template.write_text(text.replace(DESCRIPTION, "Description: The same", 1))
    release.deploy(pushed["first"])
    release.template.write_text(release.template.read_text() + "\n# Another key.\n")
    with pytest.raises(StackError, match="was not deployed"):
        release.deploy(pushed["first"])
    assert EXISTS in release.stack.reasons()


def test_what_was_rolled_back_is_deployed_again(
    instance: Instance, release: Release, pushed: dict[str, str]
) -> None:
    release.deploy(pushed["first"])
    break_template(release)
    with pytest.raises(StackError, match="was not deployed"):
        release.deploy(pushed["second"])
    assert release.stack.status() == "UPDATE_ROLLBACK_COMPLETE"
    mend(instance, pushed["first"])
    assert release.deploy(pushed["second"])
    assert release.stack.output("FunctionVersion") == "3"
    assert not release.deploy(pushed["second"]), "an unchanged stack is deployed once more"
