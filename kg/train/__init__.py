"""Learning from annotated articles; needs scikit-learn, which extraction does not."""
