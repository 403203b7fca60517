"""The command line: `kg`. Each module holds the commands of one purpose; nothing heavy is imported before one runs."""

from kg.cli import articles, care, corpus, export, neo4j, questions, schema, score, train, transfer
from kg.cli.app import app

__all__ = ["app", "articles", "care", "corpus", "export", "neo4j", "questions", "schema", "score", "train", "transfer"]
