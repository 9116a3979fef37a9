"""Picture files written row by row: PNG, JPEG, WebP, TIFF, PDF."""
