"""What other programs take: cut lists of stretches of video, and tables of frames."""
