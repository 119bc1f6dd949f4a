"""Versions of a bibliography that git merges → one, piece by piece; and git told to ask for it."""
