"""LiteRT through its C interface: a `.tflite` model is loaded, says what it takes, and is run.

    from engines.litert import Model
    from engines.tensor import Tensor

    model = Model("model.tflite")
    (scores,) = model.run([Tensor((1, 224, 224, 3), pixels)])

For images that install the wheel `ai-edge-litert` and keep of it the library alone: no TensorFlow.
"""

from engines.litert.model import Model
from engines.litert.ports import Quantisation

__all__ = ("Model", "Quantisation")
