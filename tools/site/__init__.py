"""The documentation site: pages made from the code, the data and the reference cases."""
