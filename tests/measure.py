"""The figures of speed and memory: `python -m tests.measure [ARTICLES]`, with the folder of articles to read.

Ratios are taken in one run on one machine; absolute figures of another machine say nothing.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RUNS = 5
_INGEST = """
import resource
from kg.cli import app
try:
    app(["ingest", "content", "--jobs", "1"])
except SystemExit:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
KG = Path(sys.executable).parent / "kg"


def seconds(*command: str | Path) -> float:
    """The median wall-clock time of a command over several runs, after one that warms the caches."""
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def speed(articles: Path) -> tuple[float, float]:
    """Characters a second of the whole extraction and of plain `jieba.lcut`, one process, the same text."""
    import jieba  # noqa: PLC0415 - the yardstick, not a dependency

    from kg import markdown  # noqa: PLC0415 - imported late so that the start-up times are not ours
    from kg.extract.extractor import Extractor  # noqa: PLC0415

    documents = [markdown.read(path, path.name) for path in sorted(articles.glob("*.md"))]
    count = sum(len(document.text) for document in documents)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = tempfile.mkdtemp()
    tokenizer.lcut("一次")
    extractor = Extractor()
    extractor.extract(documents[0])
    rates = []
    for work in (extractor.extract, lambda document: tokenizer.lcut(document.text)):
        best = min(_timed(work, documents) for _ in range(3))
        rates.append(count / best)
    return rates[0], rates[1]


def _timed(work: Callable[[Any], object], documents: Sequence[object]) -> float:
    start = time.perf_counter()
    for document in documents:
        work(document)
    return time.perf_counter() - start


def memory(articles: Path, count: int) -> tuple[float, float]:
    """Peak memory in MB and seconds of ingesting `count` articles into a new graph."""
    sources = sorted(articles.glob("*.md"))
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content"
        content.mkdir()
        for number in range(count):
            text = sources[number % len(sources)].read_text("utf-8")
            (content / f"{number:04}.md").write_text(text, "utf-8")
        start = time.perf_counter()
        command = [sys.executable, "-c", _INGEST]
        done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
        return int(done.stdout.split()[-1]) / 1024, time.perf_counter() - start


def main() -> None:
    """Print the figures."""
    articles = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "corpus" / "articles"
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "graph"
        subprocess.run([KG, "ingest", articles, "--graph", graph], check=True, capture_output=True)
        yardstick = seconds(sys.executable, "-c", "import typer")
        query = "MATCH (p:Person) RETURN p.name LIMIT 5"
        print(f"import typer        {yardstick:.3f} s")
        print(f"kg --help           {seconds(KG, '--help') / yardstick:.2f} times that")
        print(f"kg query            {seconds(KG, 'query', query, '--graph', graph) / yardstick:.2f} times that")
        print(f"kg ingest, no news  {seconds(KG, 'ingest', articles, '--graph', graph) / yardstick:.2f} times that")
    ours, plain = speed(articles)
    rate, ratio = ours / 1000, ours / plain
    print(f"extraction          {rate:.0f} thousand characters a second, {ratio:.2f} times jieba.lcut")
    for count in (10, 1000):
        peak, took = memory(articles, count)
        print(f"{count:5} articles      {peak:.0f} MB, {took:.1f} s")


if __name__ == "__main__":
    main()
