"""The steps from a model directory to an API that predicts, one program a flag of pipeline.sh.

    python3 -m pipeline push --stage dev ./xgboost-example

It needs the standard library of Python 3.9 and nothing else.
"""
