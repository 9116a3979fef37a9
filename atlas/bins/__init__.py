"""What people decide about frames and videos: bins, and verdicts on duplicates."""
