"""What is known of frames beside their pictures, read again when another process adds to it."""
