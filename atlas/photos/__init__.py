"""One photo file: what it is, and its pixels as RGB; the only reader of photos."""
