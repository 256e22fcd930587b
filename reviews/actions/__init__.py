"""One file for each thing that users do.

Each checks access, changes rows in one transaction, writes the event, and nudges the workers on commit.
"""
