"""GraphQL and HTTP in: what callers may ask, and how answers and errors look."""
