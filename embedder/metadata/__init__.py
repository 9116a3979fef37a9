"""What originals say beside their pictures: dates, cameras, places, subtitles."""
