"""One action on several clients: chosen, confirmed, worked off one after the other."""
