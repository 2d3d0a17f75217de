"""Asks servers by Triton's own client; says what it finds as JSON, for a test to judge.

    python triton_client.py MODEL < asked.json

Runs in the virtual environment of the clients. What is asked is pairs of HOST:PORT[/BASE] and
cases. A case has inputs, each with name, datatype, shape and data; `binary`; and headers.
"""

import json
import sys
from typing import Any

import ml_dtypes
import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException, triton_to_np_dtype


def _input(one: dict[str, Any], binary: bool) -> Any:
    kind = ml_dtypes.bfloat16 if one["datatype"] == "BF16" else triton_to_np_dtype(one["datatype"])
    array = np.array(one["data"], dtype=kind).reshape(one["shape"])
    made = triton.InferInput(one["name"], list(array.shape), one["datatype"])
    return made.set_data_from_numpy(array, binary_data=binary)


def _told(array: Any) -> dict[str, Any]:
    values = array.reshape(-1).tolist()
    values = [value.decode() if isinstance(value, bytes) else value for value in values]
    return {"dtype": str(array.dtype), "shape": list(array.shape), "values": values}


def _answered(client: Any, model: str, case: dict[str, Any]) -> Any:
    binary = case["binary"]
    inputs = [_input(one, binary) for one in case["inputs"]]
    names = case.get("outputs")
    wanted = names and [triton.InferRequestedOutput(name, binary_data=binary) for name in names]
    try:
        result = client.infer(
            model, inputs, outputs=wanted, request_id="7", headers=case.get("headers") or None
        )
    except InferenceServerException as error:
        return {"error": error.message(), "status": error.status()}
    answer = result.get_response()
    found = {one["name"]: _told(result.as_numpy(one["name"])) for one in answer["outputs"]}
    sizes = [(one.get("parameters") or {}).get("binary_data_size") for one in answer["outputs"]]
    in_bytes = any(size is not None for size in sizes)
    return {"id": answer["id"], "outputs": found, "in_bytes": in_bytes}


def _found(address: str, model: str, cases: list[dict[str, Any]]) -> dict[str, Any]:
    client = triton.InferenceServerClient(address)
    return {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "model_ready": client.is_model_ready(model),
        "other_ready": client.is_model_ready("another"),
        "server": client.get_server_metadata(),
        "metadata": client.get_model_metadata(model),
        "answers": [_answered(client, model, case) for case in cases],
    }


def main() -> None:
    asked = json.load(sys.stdin)
    print(json.dumps([_found(address, sys.argv[1], cases) for address, cases in asked]))


main()
