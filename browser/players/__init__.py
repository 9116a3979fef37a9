"""The players' page: sheets, segments, edits and where they are saved."""
