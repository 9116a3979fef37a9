"""Frames become features: Xception by TensorFlow or OpenVINO, and other networks by Keras."""
