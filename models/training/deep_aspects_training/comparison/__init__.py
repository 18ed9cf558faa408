"""Comparison of the paper's four architectures: the same slices, steps and batch for each of them."""
