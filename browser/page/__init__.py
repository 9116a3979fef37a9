"""The Dash page: its layout, panels and charts."""
