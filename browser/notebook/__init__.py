"""The map in a notebook: Jupyter, VS Code, Colab; tiles travel as messages, without a server."""
