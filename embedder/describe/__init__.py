"""Frames become features: Xception by TensorFlow or OpenVINO, and its weights."""
