"""Stepback: hand-written practice scripts become guided audio in a calm synthetic voice."""

__version__ = "0.1.0"
