"""What the tests of base-example's images share."""

from collections.abc import Iterator

import pytest

from .images import Builder, builder


@pytest.fixture(scope="module")
def images(base_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    """Builds images for a module's tests."""
    with builder(base_image, tmp_path_factory.mktemp("build")) as made:
        yield made
