"""Gateways: the other services, as this console uses them. Plain Python, no Django."""
