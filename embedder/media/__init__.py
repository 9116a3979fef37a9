"""What a file is: probing, packet times, frame sizes, what cannot be read and why."""
