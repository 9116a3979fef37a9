"""The embedder wing: videos and photos to an atlas (the only wing that knows FFmpeg and Keras)."""
