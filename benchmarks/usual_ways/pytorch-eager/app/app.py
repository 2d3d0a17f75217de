"""Names what is on a photograph, with PyTorch as it comes."""

import base64
import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mobilenet import MobileNetV2
from PIL import Image

TASK = Path("/var/task")
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])

lines = (TASK / "imagenet-labels.txt").read_text().splitlines()
labels = [line for line in lines if not line.startswith("#")]
network = MobileNetV2(len(labels))
network.load_state_dict(torch.load(TASK / os.environ["WEIGHTS_FILE"], weights_only=True))
network.eval()


def prepared(file: bytes) -> torch.Tensor:
    """A photograph as shape (1, 3, 224, 224), float32, normalised."""
    image = Image.open(io.BytesIO(file)).convert("RGB").resize((256, 256)).crop((16, 16, 240, 240))
    pixels = (np.asarray(image) / 255 - MEAN) / DEVIATION
    return torch.from_numpy(pixels.transpose(2, 0, 1)).float().unsqueeze(0)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answers an event of API Gateway with the likeliest labels and their percentages."""
    request = json.loads(event["body"])
    images = prepared(base64.b64decode(request["input_image"]))
    with torch.inference_mode():
        percentages = 100 * network(images).softmax(1)[0]
    best = percentages.topk(request["n_predictions"])
    pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    answer = [[labels[index], percentage] for index, percentage in pairs]
    return {"statusCode": 200, "body": json.dumps(answer)}
