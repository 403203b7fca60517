"""Ways out of the graph: pages and tables."""
