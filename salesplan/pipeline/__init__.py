"""The run: five notebooks in order, each in a supervised child, then pages, workbook file and manifest."""
