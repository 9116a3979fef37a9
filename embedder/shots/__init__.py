"""Shots: where a video's pictures change for others, found from what decoding passes by anyway."""
