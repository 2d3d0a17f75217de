"""The loop without Docker: a model's app on this machine's Python, made again at each change.

The app runs in a process of its own, with the packages of the model's requirements and nothing of
the pipeline. This one takes HTTP on the loopback interface and makes of it what API Gateway makes.
"""
