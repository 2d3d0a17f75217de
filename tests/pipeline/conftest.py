"""What the tests of the steps share."""

from pathlib import Path

import pytest

from tests.pipeline.account import Account


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Stubs of `aws` and `docker` alone on the PATH, and no variables of the user's."""
    account = Account(tmp_path)
    names = ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PAGER")
    exported = ("TEMPLATE_REGISTRY", "TEMPLATE_LAMBDA", "PREFIX_LAMBDA", "PROJECT", "MEMORY_SIZE")
    for name in (*names, *exported):
        # Set and removed, so that what a step exports is undone as well.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", str(account.commands.folder))
    return account
