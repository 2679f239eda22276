"""``python -m detectory``: the command line, where its script is on no path."""

from detectory.cli.main import main

if __name__ == "__main__":
    main()
