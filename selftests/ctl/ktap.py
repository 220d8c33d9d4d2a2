# SPDX-License-Identifier: GPL-2.0
"""Tests that print KTAP: a test is a function; what it says of itself is its name in the report."""
import sys
import traceback

_tests = []


class Skip(Exception):
    """The test cannot run here; the text says what is missing."""


def test(function):
    _tests.append(function)
    return function


def equal(got, want, note=""):
    if got != want:
        raise AssertionError(f"got {got!r}, not {want!r} {note}")


def contains(text, part):
    if part not in text:
        raise AssertionError(f"{part!r} is not in {text!r}")


def lacks(text, part):
    if part in text:
        raise AssertionError(f"{part!r} is in {text!r}")


def _run(number, function):
    try:
        function()
    except Skip as e:
        print(f"ok {number} {function.__doc__} # SKIP {e}", flush=True)
    except Exception:  # pylint: disable=broad-except
        print(f"not ok {number} {function.__doc__}")
        for line in traceback.format_exc().splitlines():
            print(f"# {line}", flush=True)
        return False
    else:
        print(f"ok {number} {function.__doc__}", flush=True)
    return True


def main():
    print(f"KTAP version 1\n1..{len(_tests)}", flush=True)
    results = [_run(i, f) for i, f in enumerate(_tests, 1)]
    sys.exit(0 if all(results) else 1)
