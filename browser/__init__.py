"""The browser wing: an atlas as a web page (the only wing that knows Dash)."""
