"""From the quota to the work it asks for: funnel, load, boards of the month, what customers owe."""
