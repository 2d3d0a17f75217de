"""The check-up on the local AWS."""

from collections.abc import Callable

import pytest

from tests.e2e.model import Model

pytestmark = pytest.mark.docker


def test_a_sound_stage_has_nothing_bad_and_a_change_by_hand_is_found(
    new_model: Callable[..., Model],
) -> None:
    model = new_model("checked up")
    before = model.pipeline("-c")
    assert before.returncode == 0 and "nothing is deployed" in before.stdout, before.stderr
    model.deploy("-r", "-p", "-d")
    sound = model.pipeline("-c")
    assert sound.returncode == 0, sound.stdout + sound.stderr
    assert "note  anyone may call it" in sound.stdout and "is active" in sound.stdout
    assert "Lambda may take images" in sound.stdout

    by_hand = ("lambda", "update-function-configuration", "--function-name", f"{model.name}-dev")
    model.aws(*by_hand, "--memory-size", "3000")
    changed = model.pipeline("-c")
    assert changed.returncode == 1 and "(/MemorySize)" in changed.stdout, changed.stdout
