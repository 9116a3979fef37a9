"""What a run of players writes: tables, contact sheets, the summary."""
