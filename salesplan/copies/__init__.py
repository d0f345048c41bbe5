"""Copies of a run by audience: general manager, manager, rep, dealer, each in a folder that holds nothing of others."""

from salesplan.copies.writing import write_copies

__all__ = ["write_copies"]
