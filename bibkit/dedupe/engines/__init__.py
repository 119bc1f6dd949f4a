"""Engines for more records than memory holds; the same rules, the same result."""
