"""Charts: each function takes tidy frames and returns a :class:`~.drawn.Drawn`."""
