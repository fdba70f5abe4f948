"""Signing in with OpenID Connect, and out again."""
