"""Tags of the audit log for the pages of others."""
