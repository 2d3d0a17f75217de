"""The columns of a fitted estimator: their names, and what its transformers make of each.

    Pipeline([ColumnTransformer([("city", OneHotEncoder(), ["city"])]), LogisticRegression()])

An encoder tells categories, a vectorizer that a column is text; what neither looks at is a number.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from engines.columns import Category, Column, ColumnKind
from engines.errors import ModelError

VECTORIZERS = ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer")
NO_COLUMNS = (
    "it does not say which columns it takes: it was not fitted, or it takes texts alone. Fit it on"
    " a frame, a vectorizer as make_column_transformer((TfidfVectorizer(), 'text')) of one column"
)
TAKEN = {str, int, float, bool, type(None)}
PASSES_ON = ("SimpleImputer",)  # a step behind which a column is still itself
Found = tuple[int, Column]  # its position, and what one part of the estimator says of it


def columns_of(fitted: Any) -> list[Column]:
    """List the columns that an estimator takes, in their order.

    Raises:
        ModelError: it takes no rows of columns, or values that no request can have.
    """
    if not hasattr(fitted, "n_features_in_"):
        raise ModelError(NO_COLUMNS)
    names = [*map(str, getattr(fitted, "feature_names_in_", []))] or [""] * fitted.n_features_in_
    columns = [Column(name, "float") for name in names]
    for position, said in _walk(fitted, range(len(columns))):
        columns[position] = _joined(columns[position], said)
    for position in _dropped(fitted):
        columns[position] = columns[position]._replace(kind="unused")
    return columns


def _joined(column: Column, said: Column) -> Column:
    """What two parts say: a category that one of them does not take is not taken."""
    others = said.others and (column.others or column.kind == "float")
    return Column(column.name, said.kind, said.categories, others)


def _dropped(fitted: Any) -> set[int]:
    """Positions of columns that the first step leaves out; they must be there all the same."""
    while hasattr(fitted, "steps") or _inner(fitted) is not None:
        fitted = fitted.steps[0][1] if hasattr(fitted, "steps") else _inner(fitted)
    if type(fitted).__name__ != "ColumnTransformer":
        return set()
    found = fitted._transformer_to_input_indices
    used = {
        position
        for name, inner, _ in fitted.transformers_
        if not (isinstance(inner, str) and inner == "drop")
        for position in found[name]
    }
    return {*range(fitted.n_features_in_)} - used


def _walk(part: Any, positions: Sequence[int]) -> Iterator[Found]:
    """Find what the parts of an estimator say of these columns, which are all that it gets."""
    kind = type(part).__name__
    if kind == "Pipeline":
        yield from _walk_steps([step for _, step in part.steps], positions)
    elif kind == "ColumnTransformer":
        for name, inner, _ in part.transformers_:
            chosen = part._transformer_to_input_indices[name]
            yield from _walk(inner, [positions[index] for index in chosen])
    elif kind == "FeatureUnion":
        for _, inner in part.transformer_list:
            yield from _walk(inner, positions)
    elif kind.startswith(("Stacking", "Voting")):
        for inner in part.estimators_:
            yield from _walk(inner, positions)
    elif kind in VECTORIZERS:
        yield from ((position, Column("", "text")) for position in positions)
    elif hasattr(part, "categories_"):
        yield from _encoded(part, positions)
    else:
        inner = _inner(part)
        if inner is not None:
            yield from _walk(inner, positions)


def _walk_steps(steps: Sequence[Any], positions: Sequence[int]) -> Iterator[Found]:
    """Look at the steps up to the first behind which columns are others."""
    for step in steps:
        yield from _walk(step, positions)
        passes_on = type(step).__name__ in PASSES_ON and not step.add_indicator
        if not (passes_on or step in (None, "passthrough")):
            return


def _inner(part: Any) -> Any:
    """The estimator that another one gives its columns to, unchanged."""
    for name in ("best_estimator_", "regressor_", "estimator_", "_preprocessor"):
        if (found := getattr(part, name, None)) is not None:
            return found
    return None


def _encoded(encoder: Any, positions: Sequence[int]) -> Iterator[Found]:
    others = getattr(encoder, "handle_unknown", "error") != "error" or not hasattr(
        encoder, "handle_unknown"
    )
    for position, found in zip(positions, encoder.categories_, strict=True):
        _check_types(found)
        categories = tuple(category for category in found.tolist() if not _is_missing(category))
        yield position, Column("", _kind(categories), categories, others)


def _check_types(found: Any) -> None:
    """Refuse categories that JSON cannot have: their text would be another one to the encoder."""
    if found.dtype.kind in "mM" or not {*map(type, found.tolist())} <= TAKEN:
        raise ModelError(
            f"an encoder in it has categories such as {found[0]!r}, which no request can have: make"
            " texts or numbers of them before fitting, as date.strftime('%Y-%m-%d') does"
        )


def _kind(categories: Sequence[Category]) -> ColumnKind:
    return "bool" if {*map(type, categories)} == {bool} else "categorical"


def _is_missing(category: Any) -> bool:
    return category is None or category != category  # NaN
