"""What is built works where nothing of the checkout is: in an empty environment, from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ARTICLE = """---
title: 微光科技的四年
date: 2025-03-01
---

微光科技執行長林可欣 2019 年畢業於台灣大學，後來加入 Google。2021 年，她在新竹創辦微光科技。
"""


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; the environment is the test's without a way back into the checkout."""
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel and the sdist."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    return {"wheel": next(out.glob("*.whl")), "sdist": next(out.glob("*.tar.gz"))}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the locked dependencies and nothing else."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    uv = Path(sys.executable).parent / "uv"
    run(uv, "venv", "--quiet", "--python", sys.executable, folder, cwd=folder.parent)
    python = folder / "bin" / "python"
    lock = ROOT / "requirements.lock"
    run(uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", lock, cwd=folder.parent)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_installed_from_a_distribution_it_ingests(
    kind: str, built: dict[str, Path], environment: Path, tmp_path: Path
) -> None:
    uv = Path(sys.executable).parent / "uv"
    python = environment / "bin" / "python"
    install = ("pip", "install", "--quiet", "--no-deps", "--reinstall-package", "kg")
    run(uv, *install, "--python", python, built[kind], cwd=tmp_path)
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text(ARTICLE, "utf-8")
    kg = environment / "bin" / "kg"
    run(kg, "ingest", "content", cwd=tmp_path)
    answer = run(
        kg,
        "query",
        "--format",
        "csv",
        "MATCH (p:Person)-[:FOUNDED]->(o:Organization) RETURN p.name, o.name",
        cwd=tmp_path,
    )
    assert "林可欣,微光科技" in answer.splitlines()
    page = tmp_path / "page.html"
    run(kg, "export", "html", page, cwd=tmp_path)
    assert "林可欣" in page.read_text("utf-8")
    where = run(python, "-c", "import kg; print(kg.__file__)", cwd=tmp_path)
    assert str(ROOT) not in where


@pytest.mark.slow
def test_the_wheel_holds_code_and_data_only(built: dict[str, Path]) -> None:
    from zipfile import ZipFile  # noqa: PLC0415 - only here

    with ZipFile(built["wheel"]) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
        names = set(archive.namelist())
    assert {top for top in tops if not top.endswith(".dist-info")} == {"kg"}
    assert {"kg/schemas/ontology.yaml", "kg/viz/page.html.j2"} <= names
