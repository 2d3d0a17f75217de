"""Makes of a PyTorch network what `engines.onnx` runs; used when an image is built.

    python3 -m engines.onnx.build network.pretrained:described /var/task

takes the same description as `engines.torch.build`.
"""
