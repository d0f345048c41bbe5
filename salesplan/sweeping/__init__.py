"""Scenarios of a plan side by side: every combination of some parameters' values, each tried out as a what-if.

`asking` reads what is to be varied, `scenarios` tries it out, `measures` takes from the tables what people decide by,
`saying` puts it into words, `writing` leaves the page and the table.
"""
