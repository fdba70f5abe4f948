"""What a developer command cannot go on without."""


class MissingError(Exception):
    """Something that must be installed first; the message says what and how."""


class StartError(Exception):
    """A server did not come up; the message says why, as far as it is known."""
