"""Who allowed what, when, and how we know."""
