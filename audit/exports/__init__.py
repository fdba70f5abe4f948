"""The audit log in the formats of others: one module each."""
