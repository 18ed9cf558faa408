"""Simulation of head CT from the atlas: heads, frames, lesions, attenuation and acquisition, batched on one device."""
