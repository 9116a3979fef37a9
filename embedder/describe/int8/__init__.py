"""Xception with its pointwise convolutions in whole numbers of eight bits, for OpenVINO."""
