"""Settings and variables of a model, from its model.env to the function on the local AWS."""

from collections.abc import Callable

import pytest

from tests.e2e.model import Model

pytestmark = pytest.mark.docker
NewModel = Callable[..., Model]
ERUPTION = {"eruption_minutes": 3.6}
# Answers only where the variable is there, in the check before the push as on the function.
CONDITION = 'assert __import__("os").environ.get("GREETING") == VALUE, "no greeting"\n'
GREETING = 'hello, {{world}}: "quoted" # é'


def test_a_changed_setting_alone_is_live_after_a_deploy(new_model: NewModel) -> None:
    model = new_model("setting")
    model.deploy()
    function = ("lambda", "get-function-configuration", "--function-name", "setting-dev")
    model.deploy("-d", MEMORY_SIZE="1024")
    assert model.aws(*function, "--qualifier", "live")["MemorySize"] == 1024
    assert model.post(ERUPTION) == {"waiting_minutes": pytest.approx(72.101, abs=0.001)}


def test_an_image_is_checked_again_with_the_settings_of_a_new_release(new_model: NewModel) -> None:
    model = new_model("rechecked")
    model.deploy("-r", "-p")
    said = model.deploy("-p", MEMORY_SIZE="256")
    assert "is in the repository" in said and "The image gives the golden answer" in said
    assert len(model.releases()) == 2


def test_a_variable_of_the_model_is_in_the_check_and_on_the_function(new_model: NewModel) -> None:
    model = new_model("variables")
    with (model.directory / "model.env").open("a") as settings:
        settings.write(f"ENV_GREETING={GREETING}\n")
    app = model.directory / "app" / "app.py"
    handler = "    return Answer("
    assert handler in app.read_text()
    condition = "    " + CONDITION.replace("VALUE", repr(GREETING))
    app.write_text(app.read_text().replace(handler, condition + handler))
    said = model.deploy()
    assert GREETING not in said
    function = ("lambda", "get-function-configuration", "--function-name", "variables-dev")
    live = model.aws(*function, "--qualifier", "live")
    assert live["Environment"]["Variables"]["GREETING"] == GREETING
    assert model.post(ERUPTION) == {"waiting_minutes": pytest.approx(72.101, abs=0.001)}
    assert "No changes to deploy" in model.deploy("-d")
