"""The Imply Manager API, the part that the console uses.

Imply publishes neither the field of the feature flags nor how an update is told of;
docs/adr/0008 says what is assumed here.
"""
