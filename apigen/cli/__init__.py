"""The commands. Each parses, calls one function, prints, and returns a code.

What is slow to import is imported inside of the commands, so that help and completion answer at once.
"""

# A command is there once its module is imported; help lists them in this order.
from apigen.cli import begin, build, hand, judge, look
from apigen.cli.app import main

__all__ = ["begin", "build", "hand", "judge", "look", "main"]
