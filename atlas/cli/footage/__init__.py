"""Commands about footage: shots, cut lists, tables, and what is known beside the pictures."""
