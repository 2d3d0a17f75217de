"""What runs a model, in words: for its model card, when somebody asks for that."""

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from engines.tensor import Port

if TYPE_CHECKING:
    from collections.abc import Iterable

# Of each engine's module: its library's name, and the packages that may have brought it.
LIBRARIES = {
    "engines.lightgbm": ("LightGBM", ("lightgbm",)),
    "engines.litert": ("LiteRT", ("ai-edge-litert",)),
    "engines.onnx": ("ONNX Runtime", ("onnxruntime",)),
    "engines.sklearn": ("scikit-learn", ("scikit-learn",)),
    "engines.torch": ("PyTorch", ("torch",)),
    "engines.xgboost": ("XGBoost", ("xgboost-cpu", "xgboost")),
}


def about(engine: Any) -> dict[str, Any]:
    """Describe an engine that has loaded a model.

    Returns:
        `engine`, with the name and version of its library, and, where the engine has ports,
        `inputs` and `outputs`: each port's name, type and shape.
    """
    home = ".".join(type(engine).__module__.split(".")[:2])
    name, packages = LIBRARIES[home]
    found: dict[str, Any] = {"engine": {"name": name, "version": _version(packages)}}
    for side in ("inputs", "outputs"):
        if ports := getattr(engine, side, None):
            found[side] = [_described(port) for port in ports]
    return found


def _version(packages: "Iterable[str]") -> str | None:
    """Find the version of the package that is installed; None of a build from source."""
    for package in packages:
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return None


def _described(port: Port) -> dict[str, Any]:
    if port.items or port.keys:
        return {"name": port.name, "type": str(port)}
    shape = None if port.shape is None else list(port.shape)
    return {"name": port.name, "type": port.kind.name, "shape": shape}
