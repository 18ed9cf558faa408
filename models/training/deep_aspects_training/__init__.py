"""Training of the two Deep-ASPECTS networks on head CT simulated from labelled anatomy."""

__version__ = "0.1.0"
