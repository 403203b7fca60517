"""Learns from annotated articles what the extraction weighs by: data in, data out."""
