"""``python -m hwb_analysis`` is the same as the command ``hwb``."""

from hwb_analysis.cli import main

if __name__ == "__main__":
    main()
