"""An annotated corpus: where its parts lie, whether it keeps its own rules, what it holds, how far annotators agree."""
