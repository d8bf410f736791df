"""Whatever the documentation shows is run, or compared with the code."""
