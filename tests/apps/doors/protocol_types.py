"""Checks answers by a server's own types, and makes requests by MLServer's codecs.

    python protocol_types.py kserve|mlserver < document.json

Runs in the virtual environment of the one or the other. The document has `answers`: pairs of a kind
of answer and an answer; and a `table` of columns.
"""

import json
import sys
from typing import Any


def _kserve_types() -> dict[str, Any]:
    from kserve.protocol.rest import v2_datamodels as types

    return {
        "server": types.ServerMetadataResponse,
        "model": types.ModelMetadataResponse,
        "infer": types.InferenceResponse,
        "live": types.ServerLiveResponse,
        "ready": types.ServerReadyResponse,
        "model_ready": types.ModelReadyResponse,
    }


def _mlserver_types() -> dict[str, Any]:
    from mlserver import types

    return {
        "server": types.MetadataServerResponse,
        "model": types.MetadataModelResponse,
        "infer": types.InferenceResponse,
        "error": types.InferenceErrorResponse,
    }


def _requests(table: Any) -> dict[str, Any]:
    import numpy as np
    import pandas as pd
    from mlserver.codecs import NumpyRequestCodec, PandasCodec

    texts = {name: object for name, values in table.items() if isinstance(values[0], str)}
    frame = pd.DataFrame(table).astype(texts)  # the codec knows text as objects alone
    numbers = frame.select_dtypes("number").to_numpy(dtype=np.float32)
    made = {
        "pandas": PandasCodec.encode_request(frame, use_bytes=False),
        "numpy": NumpyRequestCodec.encode_request(numbers),
    }
    return {name: json.loads(one.model_dump_json()) for name, one in made.items()}


def main() -> None:
    document, whose = json.load(sys.stdin), sys.argv[1]
    types = _kserve_types() if whose == "kserve" else _mlserver_types()
    checked = 0
    for kind, answer in document["answers"]:
        if type_ := types.get(kind):
            known = type_.model_validate(answer).model_dump(exclude_none=True)
            assert known.keys() == answer.keys(), (kind, answer)
            checked += 1
    requests = _requests(document["table"]) if whose == "mlserver" else {}
    print(json.dumps({"checked": checked, **requests}))


main()
