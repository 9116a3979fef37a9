"""What is known of each frame, as columns by name: place, time, shot, player, and more."""
