"""The file formats that the field already has: to and from the checklist language.

Files are untrusted: each reader limits what it takes, follows no reference and runs nothing.
"""
