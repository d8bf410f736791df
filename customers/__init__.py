"""The verbs of the customer record: create, update, tag, annotate."""
