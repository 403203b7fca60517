"""kg: an offline knowledge-graph extractor for Chinese writing about AI."""

__version__ = "0.1.0"
