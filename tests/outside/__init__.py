"""Rapport as a partner meets it: the real process, over HTTP, with an ordinary GraphQL client."""
