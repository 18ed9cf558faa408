"""Training of the two Deep-ASPECTS networks on head CT simulated from labelled anatomy."""

import os

# The runtime that exports are checked with reports its use to its maker unless this is set before it is loaded.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = "0.1.0"
