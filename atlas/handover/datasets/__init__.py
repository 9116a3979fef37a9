"""Frames with pictures for programs that label them, and the labels that come back."""
