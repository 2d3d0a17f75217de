"""scikit-learn, for any estimator or pipeline that `skops.io.dump` wrote.

    from engines.sklearn.estimator import Estimator

    estimator = Estimator("model.skops", ["sklearn.pipeline.Pipeline", …])
    predicted = estimator.predict([[34.0, "Paris"], [None, "Rome"]])

This engine takes rows of mixed values, where the others take a tensor of numbers. `build/` audits a
file while an image is built, and finds its columns.
"""
