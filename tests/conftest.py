"""Options of the tests."""

import signal

import pytest

# A script in the background has SIGINT ignored, and so would have all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the expected messages of tests/errors")
