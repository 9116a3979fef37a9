"""What the page hands over: frames, cut lists and posters."""
