"""What outside sources may add to a profile, only where consent allows it."""
