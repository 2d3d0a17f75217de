"""The card of a model: what its file says, joined with what `columns.json` says."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from apps.build.card import main, make_card, read_told
from apps.build.columns import Told
from apps.card import Card, Column, read_card
from engines import columns as engine_columns
from engines.errors import ModelError
from engines.tabular import input_port, output_port
from engines.tensor import KINDS

FOUND = [
    engine_columns.Column("age", "int"),
    engine_columns.Column("city", "categorical", ("Paris", "Rome")),
]


class Loaded(NamedTuple):
    """A model as an engine describes it."""

    columns: list[engine_columns.Column] = FOUND
    objective: str = "binary"
    classes: int | None = 2
    row_shape: tuple[int, ...] = ()

    @property
    def inputs(self) -> Any:
        return [input_port(KINDS[1], len(self.columns))]

    @property
    def outputs(self) -> Any:
        return [output_port(KINDS[1], self.row_shape)]


def refusal(engine: Loaded, told: dict[str, Any], tmp_path: Path) -> str:
    path = tmp_path / "columns.json"
    path.write_text(json.dumps(told))
    with pytest.raises(ModelError) as refused:
        make_card(engine, read_told(str(path)))
    return str(refused.value)


def test_what_the_file_says_needs_no_more() -> None:
    card = make_card(Loaded(), Told())
    assert card.columns == [
        Column("age", "int"),
        Column("city", "categorical", ["Paris", "Rome"]),
    ]
    assert (card.gives, card.classes) == ("chance", [0, 1])


def test_columns_json_adds_units_bounds_and_the_names_of_classes() -> None:
    age = Column("age", unit="years", minimum=0)
    card = make_card(Loaded(), Told(columns=[age], classes=["stays", "leaves"]))
    assert card.columns[0] == Column("age", "int", unit="years", minimum=0)
    assert card.classes == ["stays", "leaves"]


@pytest.mark.parametrize("names", [("", ""), ("Column_0", "Column_1")])
def test_columns_without_names_are_named_in_their_order(names: tuple[str, str]) -> None:
    engine = Loaded([engine_columns.Column(name, "float") for name in names])
    told = Told(columns=[Column("width"), Column("height", "int")])
    assert [*make_card(engine, told).columns] == told.columns


def test_columns_without_any_names_have_numbers() -> None:
    engine = Loaded([engine_columns.Column("", "float")] * 2)
    assert [column.name for column in make_card(engine, Told()).columns] == ["f0", "f1"]


@pytest.mark.parametrize(
    ("objective", "row_shape", "classes", "gives"),
    [
        ("reg:squarederror", (), None, "number"),
        ("reg:squarederror", (3,), None, "numbers"),
        ("binary:logistic", (), 2, "chance"),
        ("binary:logistic", (3,), 2, "numbers"),
        ("binary:logitraw", (), 2, "number"),
        ("binary:hinge", (), 2, "code"),
        ("multi:softprob", (3,), 3, "chances"),
        ("multi:softmax", (), 3, "code"),
        ("multiclassova", (3,), 3, "chances"),
        ("", (), None, "number"),
    ],
)
def test_the_objective_tells_what_is_answered(
    objective: str, row_shape: tuple[int, ...], classes: int | None, gives: str
) -> None:
    assert make_card(Loaded(FOUND, objective, classes, row_shape), Told()).gives == gives


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"classes": ["a", "b", "c"]}, "names 3 classes, the model has 2"),
        ({"columns": [{"name": "size"}]}, "the model has no column size, but age, city"),
        (
            {"columns": [{"name": "city", "categories": ["Rome", "Paris"]}]},
            "the categories of city are ['Rome', 'Paris'], the model's are ['Paris', 'Rome']",
        ),
        ({"columns": [{"name": "age", "categories": ["a"]}]}, "age has categories"),
        (
            {"columns": [{"name": "age", "units": "years"}]},
            "unknown field units, expected one of name, kind",
        ),
        ({"columns": [{"name": "age", "kind": "words"}]}, "columns[0].kind"),
        ({"columns": [{"name": "age", "kind": "text"}]}, "the model takes numbers"),
    ],
)
def test_a_contradiction_is_refused(told: dict[str, Any], said: str, tmp_path: Path) -> None:
    assert said in refusal(Loaded(), told, tmp_path)


def test_a_category_that_nobody_names_is_asked_for(tmp_path: Path) -> None:
    engine = Loaded([engine_columns.Column("city", "categorical")])
    assert 'columns.json, in the order of training, as {"columns": [{"name": "city"' in refusal(
        engine, {}, tmp_path
    )


def test_classes_of_a_model_of_numbers_are_refused(tmp_path: Path) -> None:
    engine = Loaded(objective="regression", classes=None)
    assert "the model predicts numbers (regression)" in refusal(
        engine, {"classes": ["a"]}, tmp_path
    )


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    engine = Loaded([engine_columns.Column("x", "float")] * 2)
    assert "two columns have the name x" in refusal(engine, {}, tmp_path)


def test_a_card_is_read_as_it_was_written(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "xgboost-example" / "app" / "model.ubj"
    card = tmp_path / "card.json"
    main(["engines.xgboost:Booster", str(example), str(tmp_path / "none.json"), str(card)])
    assert read_card(str(card)) == Card([Column(f"f{n}") for n in range(13)], "number")


def test_a_model_that_cannot_be_served_ends_the_build_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "model.ubj").write_bytes(b"{")
    with pytest.raises(SystemExit, match=r"the model cannot be served: model\.ubj"):
        main(["engines.xgboost:Booster", str(tmp_path / "model.ubj"), "", str(tmp_path / "card")])


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (["x", "x", "y"], "the classes: 'x' and 'x' are equal, name each once"),
        ([1, "1", "y"], "the classes: 1 and '1' are both 1 in JSON, name them apart"),
        ([True, 1, 0], "the classes: True and 1 are equal, name each once"),
        ([1, 1.0, 0], "the classes: 1 and 1.0 are equal, name each once"),
    ],
)
def test_classes_that_answers_could_not_tell_apart_are_refused(
    tmp_path: Path, classes: list[Any], said: str
) -> None:
    engine = Loaded(objective="multiclass", classes=3, row_shape=(3,))
    assert refusal(engine, {"classes": classes}, tmp_path) == said


@pytest.mark.parametrize(
    ("categories", "pair"), [(["a", "a"], "'a' and 'a'"), ([1, True], "1 and True")]
)
def test_categories_that_are_equal_are_refused_with_their_column(
    tmp_path: Path, categories: list[Any], pair: str
) -> None:
    engine = Loaded([engine_columns.Column("city", "categorical")])
    told = {"columns": [{"name": "city", "categories": categories}]}
    said = f"the categories of city: {pair} are equal, name each once"
    assert refusal(engine, told, tmp_path) == said
