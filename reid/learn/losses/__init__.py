"""The losses that pull one person's pictures together and push people apart."""
