"""Charts: a tidy frame and an Axes in, the Axes out; nothing is computed here."""
