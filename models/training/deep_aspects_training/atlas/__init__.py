"""Labelled head atlas in MNI space, from which head CT is simulated."""
