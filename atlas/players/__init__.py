"""Who is who in an atlas of players: tables, their integrity, and the corrections of its user."""
