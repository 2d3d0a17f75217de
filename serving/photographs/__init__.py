"""Turn the file of a photograph into the pixels that a model looks at.

    from serving.photographs import Allowance, Framing, pixels

Give the photographs of one request one `Allowance`: they are bounded together. Needs Pillow: add
`pillow` to the requirements of an image that imports it.
"""

from serving.photographs.decoding import pixels
from serving.photographs.framing import Framing
from serving.photographs.limits import Allowance

__all__ = "Allowance", "Framing", "pixels"
