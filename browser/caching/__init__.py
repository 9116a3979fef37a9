"""What is kept between requests: tiles, files, and whose turn it is to draw."""
