"""How a query is taken in: prepared once, held to limits, logged, its faults masked."""
