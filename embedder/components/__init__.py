"""PCA: features (4096 numbers) to components (256), in one pass over blocks."""
