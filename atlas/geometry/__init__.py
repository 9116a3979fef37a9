"""Arithmetic of the map: viewports, cells, the tile pyramid; knows no files and no pixels."""
