"""What runs a model, for any model: an engine a module, all with the same ports and tensors.

    from engines.onnx import Session
    from engines.tensor import Tensor

    session = Session("model.onnx")
    (prices,) = session.run([Tensor((2, 13), two_rows_of_float32)])

Each engine calls the C interface of its library, without the library's Python package, and tells
what its model takes and gives: `inputs` and `outputs`, a `Port` each (`engines/engine.py`). Those
of tabular data also tell their `columns`, `objective` and `classes`. Engines know nothing of HTTP.
"""
