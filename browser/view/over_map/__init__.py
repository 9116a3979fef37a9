"""What the page lays over the map: frames in rows by date, duplicates side by side."""
