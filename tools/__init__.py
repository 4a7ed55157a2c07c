"""Tools for those who keep the repository; none of them is part of the product."""
