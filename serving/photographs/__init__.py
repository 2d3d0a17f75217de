"""Turn the file of a photograph into the pixels that a model looks at.

    from serving.photographs import pixels

Needs Pillow: add `pillow` to the requirements of an image that imports it.
"""

from serving.photographs.decoding import pixels

__all__ = ("pixels",)
