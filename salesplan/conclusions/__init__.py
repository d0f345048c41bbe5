"""Conclusions: sentences with numbers, computed from tables and worded by the catalogue."""
