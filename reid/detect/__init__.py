"""People in pictures: detectors, the windows they look at, and the detections of a whole video."""
