"""Sentences as a list, for notebooks and pages."""

from collections.abc import Sequence
from html import escape
from typing import Any

from salesplan.staging import SENTENCES


class Sentences:
    """Sentences that notebooks and pages show as a list, escaped."""

    def __init__(self, sentences: Sequence[str], kind: str = "conclusions") -> None:
        self.sentences = list(sentences)
        self.kind = kind

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        items = "".join(f"<li>{escape(text)}</li>" for text in self.sentences)
        html = f'<ul class="{self.kind}">{items}</ul>'
        return {"text/html": html, "text/plain": "\n".join(self.sentences), SENTENCES: self.sentences}
