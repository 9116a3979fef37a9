"""What is said in videos: lines of subtitles and transcripts, stored and searched."""
