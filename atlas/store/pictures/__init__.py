"""Files of stored pictures: ``frames.npy``, ``frames.jpeg``, each read a picture at a time."""
