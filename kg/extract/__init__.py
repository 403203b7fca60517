"""Document → Record, offline."""
