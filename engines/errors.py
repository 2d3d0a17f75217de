"""The errors of every engine.

EngineError
├── ModelError   the model cannot be loaded or served; the message says what to do
└── RunError     the engine refused these inputs, or failed while it computed
"""


class EngineError(RuntimeError):
    """The base class: an engine cannot do what it was asked for."""


class ModelError(EngineError):
    """The model cannot be loaded, or not be served rightly; the message says what to do.

    Also where the engine's library is missing.
    """


class RunError(EngineError):
    """The engine refused these inputs, or failed while it computed; the message is its own."""
