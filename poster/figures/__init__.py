"""Figures beside posters: contact sheets, paths over the map, previews."""
