"""The direction of imports: ground, then rooms, then edges; no room knows another."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "salesplan"
GROUND = {"agreed", "apportion", "calendar", "claims", "errors", "grading", "lines", "mix", "money", "odds", "settling"}
GROUND |= {"terms", "years"}
ROOMS = {"annual_target", "seasonal_split", "rep_allocation", "commission", "variance_review"}
# what ground and rooms may use from outside: to calculate, never to read files, draw or talk to anyone
CALCULATING = {"numpy", "pandas", "pyarrow", "scipy", "holidays", "lunardate", "pydantic", "pydantic_core"}
OUTWARD = {"pathlib", "os", "io", "sqlite3", "subprocess", "socket", "urllib", "logging", "random", "time", "builtins"}
MODULES = sorted(SOURCE.rglob("*.py"))


def part_of(path: Path) -> str:
    """The name that stands directly under the package: `salesplan/terms/plan.py` is of `terms`."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Dotted names that a module imports anywhere in it, relative ones made absolute."""
    package = ["salesplan", *path.relative_to(SOURCE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def parts_used(path: Path) -> set[str]:
    """Parts of the package that a module imports from."""
    names = [name.split(".") for name in imported(path)]
    return {name[1] for name in names if name[0] == "salesplan" and len(name) > 1} - {"__version__"}


def libraries_used(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)} - {"salesplan"}


def modules_of(parts: set[str]) -> list[object]:
    return [pytest.param(path, id=str(path.relative_to(SOURCE))) for path in MODULES if part_of(path) in parts]


@pytest.mark.parametrize("path", modules_of(GROUND))
def test_ground_stands_on_ground(path):
    assert parts_used(path) <= GROUND


@pytest.mark.parametrize("path", modules_of(ROOMS))
def test_a_room_stands_on_ground_alone(path):
    assert parts_used(path) <= GROUND | {part_of(path)}


@pytest.mark.parametrize("path", modules_of(GROUND | ROOMS))
def test_calculations_reach_for_nothing_outside(path):
    used = libraries_used(path)
    assert used - sys.stdlib_module_names <= CALCULATING
    assert not used & OUTWARD


@pytest.mark.parametrize("path", modules_of({"money", "apportion", "odds"}))
def test_exact_arithmetic_needs_no_frames(path):
    assert "pandas" not in libraries_used(path)


def test_the_parts_are_where_they_are_looked_for():
    parts = {part_of(path) for path in MODULES}
    assert not GROUND - parts


def test_relative_imports_are_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.SOURCE", tmp_path)
    room = tmp_path / "commission" / "lines.py"
    room.parent.mkdir()
    room.write_text("from ..seasonal_split import shares\nfrom . import tiers\nimport salesplan.charts.style\n")
    assert parts_used(room) == {"seasonal_split", "commission", "charts"}
