"""ONNX Runtime through its C interface: a model is loaded, says what it takes, and is run.

    from engines.onnx import Session
    from engines.tensor import Tensor

    session = Session("model.onnx")
    (prices,) = session.run([Tensor((2, 13), two_rows_of_float32)])

For images that install the wheel `onnxruntime` and keep of it the library alone.
"""

from engines.onnx.session import Session

__all__ = ("Session",)
