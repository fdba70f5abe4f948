"""Imply Manager over its API."""
