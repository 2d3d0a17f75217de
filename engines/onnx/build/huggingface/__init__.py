"""Makes of a Hugging Face directory what `engines.onnx` runs; used when an image is built.

    python -m engines.onnx.build.huggingface model app/card.json /made --precision exact

Writes network.onnx, network.weights and tokenizer.json. The card says what the network gives.
"""
