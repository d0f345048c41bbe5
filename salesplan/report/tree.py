"""A tree as an indented list: each branch with its state; every text is escaped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from salesplan.report.table import Table


@dataclass
class Branch:
    """A line of the tree, the words and the code of its state, its kind, and what stands below it."""

    text: str
    state: str
    code: str
    kind: str
    inner: "list[Branch]" = field(default_factory=list)


def tree_html(roots: Sequence[Branch]) -> Table:
    """Branches one below the other, indented by depth."""
    return Table(f'<div class="tree">{_list(roots)}</div>', "\n".join(line for root in roots for line in _plain(root)))


def _list(branches: Sequence[Branch]) -> str:
    return f"<ul>{''.join(_item(branch) for branch in branches)}</ul>" if branches else ""


def _item(branch: Branch) -> str:
    state = f' <span class="state is-{escape(branch.code)}">{escape(branch.state)}</span>' if branch.state else ""
    line = f'<span class="text">{escape(branch.text)}</span>{state}'
    return f'<li class="{escape(branch.kind)}">{line}{_list(branch.inner)}</li>'


def _plain(branch: Branch, depth: int = 0) -> Iterator[str]:
    yield f"{'  ' * depth}- {branch.text} {branch.state}".rstrip()
    for inner in branch.inner:
        yield from _plain(inner, depth + 1)
