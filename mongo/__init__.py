"""MongoDB out: every query, index and migration of the product."""
