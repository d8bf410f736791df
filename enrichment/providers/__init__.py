"""Sources that ship with Rapport; each is one file and knows nothing of the others."""
