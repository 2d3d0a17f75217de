import pytest

from pipeline import swap
from pipeline.errors import GivenError
from tests.pipeline.account import Account


def test_a_model_whose_build_reads_the_file_is_refused(account: Account) -> None:
    (account.model / "Dockerfile").write_text("FROM scratch AS golden\nFROM scratch\n")
    file = account.model / "model.ubj"
    file.touch()
    with pytest.raises(GivenError, match="Push the model with -p"):
        swap.run(account.options(weights=file))
    assert not account.calls("aws ")
