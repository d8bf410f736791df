"""The database that Rapport brings along: found, started as a child process, kept, stopped.

``embedded.embedded`` is what ``rapport serve`` uses, ``embedded.reached`` what other commands use.
The server is never imported: it has its own licence, its own crashes and its own share of the CPU.
"""
