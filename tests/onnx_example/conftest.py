"""What the tests of onnx-example share."""

from tests.model_directory import REPOSITORY

DIRECTORY = REPOSITORY / "onnx-example"
