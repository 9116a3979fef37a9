"""Files of trackers become tracklets: boxes of one person over time."""
