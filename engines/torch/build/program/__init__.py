"""Programs that `torch.export.save` wrote, for `engines.torch`.

    python3 -m engines.torch.build.program model.pt2 columns.json /var/task --answers /tmp/answers

`audit` looks at the file before PyTorch loads it, since that runs what the file says; `loading`
finds what the program takes and gives; the rest is as for a network that a function describes.
"""
