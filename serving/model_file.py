"""A model's file: in the image, or an object of S3 that MODEL_URI names.

    model = load(model_file("/var/task/model.ubj"))

An object is streamed to /tmp when the function starts, and is there under its name only once its
SHA-256 is that of MODEL_URI_SHA256. Nothing of this is imported for a file in the image.
"""

import os


def model_file(path: str) -> str:
    """Give the path of a model's file.

    Args:
        path: of the file in the image.

    Returns:
        that; or, where MODEL_URI is set, the path of its object, which has the same file name.

    Raises:
        serving.fetched.ModelFileError: the object cannot be had, or is not what it should be.
    """
    uri = os.environ.get("MODEL_URI")
    if not uri:
        return path
    from serving.fetched import fetched

    return fetched(uri, os.environ.get("MODEL_URI_SHA256", ""), os.path.basename(path))
