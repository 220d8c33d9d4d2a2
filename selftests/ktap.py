# SPDX-License-Identifier: GPL-2.0
"""Tests that print KTAP: each is a function that takes nothing, and has a name in the report."""
import sys
import time
import traceback

_tests = []


class Skip(Exception):
    """The test cannot run here; the text says what is missing."""


def test(function):
    """Marks a test of main(): what it says of itself is its name."""
    _tests.append((function.__doc__, function))
    return function


def check(condition, text):
    if not condition:
        raise AssertionError(text)


def equal(got, want, note=""):
    check(got == want, f"got {got!r}, not {want!r} {note}")


def contains(text, part):
    check(part in text, f"{part!r} is not in {text!r}")


def lacks(text, part):
    check(part not in text, f"{part!r} is in {text!r}")


def _run(number, name, function):
    """Whether it did not fail."""
    begin = time.monotonic()
    note = wrong = ""
    try:
        function()
    except Skip as e:
        note = f"SKIP {e}"
    except Exception:  # pylint: disable=broad-except
        wrong = traceback.format_exc()
    for line in wrong.splitlines():
        print(f"# {line}")
    note = note or f"{time.monotonic() - begin:.1f} s"
    print(f"{'not ok' if wrong else 'ok'} {number} {name} # {note}", flush=True)
    return not wrong


def main(tests=None):
    """Runs these pairs of name and function, or all that are marked, and exits."""
    tests = tests or _tests
    print(f"KTAP version 1\n1..{len(tests)}", flush=True)
    results = [_run(i, *t) for i, t in enumerate(tests, 1)]
    sys.exit(0 if all(results) else 1)
