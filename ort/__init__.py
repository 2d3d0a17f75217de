"""ONNX Runtime through its C interface: a model is loaded, says what it takes, and is run.

    from ort import Session, Tensor

    session = Session("model.onnx", threads=1)
    (prices,) = session.run([Tensor((2, 13), two_rows_of_float32)])

For images that install the wheel `onnxruntime` and keep of it the library alone.
"""

from ort.api import OnnxRuntimeError
from ort.session import ModelError, Session
from ort.tensor import Kind, Port, Tensor, nested, pack

__all__ = "Kind", "ModelError", "OnnxRuntimeError", "Port", "Session", "Tensor", "nested", "pack"
