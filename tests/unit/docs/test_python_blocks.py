"""The Python in the documents and docstrings has correct types, each block as a module of its own."""

from pathlib import Path

import mypy.api

from tests.unit.docs.blocks import ROOT, blocks, in_docstrings


def test_blocks_of_python_pass_mypy(tmp_path: Path) -> None:
    # Given
    modules = []
    for number, block in enumerate([*blocks("python"), *in_docstrings()]):
        modules.append(tmp_path / f"block_{number}.py")
        modules[-1].write_text(f"# {block}\n{block.text}", encoding="utf-8")

    # When
    output, errors, status = mypy.api.run(
        [
            "--config-file",
            str(ROOT / "pyproject.toml"),
            "--cache-dir",
            str(ROOT / ".mypy_cache"),
            *map(str, modules),
        ]
    )

    # Then
    assert modules
    assert (errors, status) == ("", 0), output
