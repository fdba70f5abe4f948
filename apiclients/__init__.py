"""The screens of API clients, and the console's index of them."""
