"""The app of a model file: what a request is, and an answer, for whichever model an engine runs.

    from apps.tabular import serve
    from engines.xgboost import Booster

    handler = serve(Booster("/var/task/model.ubj"), "/var/task/card.json")

`apps.tabular` serves rows of named columns. `apps.build` makes the card while an image is built:
what the model's file and `columns.json` say of the model.
"""
