"""Runs beside one another: what differs between them, in words and on a page."""
