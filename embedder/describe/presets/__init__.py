"""Networks that keras_hub saved in a folder, read as data and built by classes that we name."""
