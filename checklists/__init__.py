"""Checklists: the language they are written in, their scoring, the shipped library, published editions."""
