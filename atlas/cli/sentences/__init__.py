"""Commands about sentences: giving an atlas words, and searching by them."""
