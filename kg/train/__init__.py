"""Training of the weights that extraction uses; needs the extra `train`."""
