"""Months closed for good: what is kept of them, how they are closed and reopened, what may not change afterwards."""
