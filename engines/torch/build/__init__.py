"""Makes of a PyTorch network what `engines.torch` runs; used when an image is built.

    python3 -m engines.torch.build network.pretrained:described /var/task --answers /tmp/answers
    python3 -m engines.torch.build.trimming /opt/venv/lib/python3.11/site-packages \
        --network /var/task/network.so --answers /tmp/answers

The first compiles what a function describes (`description.py` has the words for it) and compares
it with PyTorch. The second leaves of PyTorch what running it needs, and compares it again.
"""
