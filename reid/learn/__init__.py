"""Learned systems: the published clustering autoencoder and its parts."""
