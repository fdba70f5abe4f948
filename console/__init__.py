"""The Django project and the shell round every screen."""
