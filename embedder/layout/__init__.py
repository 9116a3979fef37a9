"""Components become codes on a plane: the autoencoder, its losses, and the neighbour embedding."""
