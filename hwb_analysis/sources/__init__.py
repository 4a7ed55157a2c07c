"""Where figures come from; the committed snapshot is the default and needs no network."""
