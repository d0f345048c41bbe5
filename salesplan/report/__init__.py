"""Pages, workbook file and index of a run, made from its notebooks and tables."""
