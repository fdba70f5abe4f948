"""The audit log: its only way to write, and its screens."""
