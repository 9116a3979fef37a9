"""What the page shows of an opened atlas, as plain values: overlays, filters, neighbours, clips."""
