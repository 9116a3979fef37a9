"""The program FFmpeg: which one is there, a run of it, what it says, and what it encodes."""
