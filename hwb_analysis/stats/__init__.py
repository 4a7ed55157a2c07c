"""Epidemiological statistics: an array core in NumPy, and verbs on the tidy frame.

The modules of the array core take arrays with the groups on the last axis and return
frozen results that explain themselves; ``verbs`` takes a tidy frame and returns it
with columns appended. Nothing here reads a file, draws, or uses the network.
"""
