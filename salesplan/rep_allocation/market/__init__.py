"""Channels, dealers, outlets, what each has to do, and the projects followed."""
