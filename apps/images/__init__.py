"""Answers requests for photographs, by any engine whose model has one input, an image.

    {"input_url": "https://…/dog.jpg", "n_predictions": 5}
    {"input_image": "/9j/4AAQ…"}

or the file itself as the body, or in a form. With labels the answer has the likeliest, each with
its percentage, best first; without, the model's outputs by their names:

    [["Samoyed", 83.03], …]
    {"boxes": [[0.1, …], …], "scores": [0.9, …]}
"""
