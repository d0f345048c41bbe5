"""A notebook's prose in the plan's language."""

from nbformat import NotebookNode

from salesplan.wording import catalogue


def localize(notebook: NotebookNode, stem: str, language: str) -> None:
    """Put a notebook's prose in the language; prose the catalogue lacks stays as it is."""
    texts = catalogue(language)
    for cell in notebook.cells:
        if cell["cell_type"] == "markdown":
            cell["source"] = texts.get(f"notebook.{stem}.{cell['id']}", cell["source"]).strip("\n")
