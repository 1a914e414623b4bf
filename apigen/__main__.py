"""`python -m apigen` is the `apigen` command."""

from apigen.cli import main

main()
