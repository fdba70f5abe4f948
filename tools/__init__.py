"""Developer commands: the demonstration, the checks, and the servers both need."""
