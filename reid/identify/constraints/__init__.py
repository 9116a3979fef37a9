"""Who must and who cannot be one person: seen where and when, dressed how, known to the user."""
