"""Commands behind ``players`` that teach, score and adapt descriptors of people."""
