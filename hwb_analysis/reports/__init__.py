"""Making reports: parameters, runner, renderer, the Board page and the record of a run."""
