# SPDX-License-Identifier: GPL-2.0
"""The module's tracepoints: what they say of themselves, and what they tell while something happens."""
import os
import re

from knobs import read, write
from ktap import equal
from tool import TOP

EVENTS = "/sys/kernel/tracing/events/vigil"
TRACE = "/sys/kernel/tracing/trace"


def there():
    return {name for name in os.listdir(EVENTS) if name.startswith("vigil_")}


def documented():
    """tracepoint -> its fields, as Documentation/tracepoints.md has them"""
    rows = re.findall(r"^\| (vigil_\w+) \| .* \| ([\w, ]+) \|$",
                      read(f"{TOP}/Documentation/tracepoints.md"), re.M)
    return {name: fields.split(", ") for name, fields in rows}


def fields_of(name):
    """(type, field, offset, size), as tools read them to decode records"""
    found = re.findall(r"\tfield:(.*?)([\w]+)(\[\w*\])?;\toffset:(\d+);\tsize:(\d+);\tsigned:[01];\n",
                       read(f"{EVENTS}/{name}/format"))
    return [(kind.strip(), field, int(offset), int(size)) for kind, field, _, offset, size in found
            if not field.startswith("common_")]


def words_of(name):
    """field -> {value: word}, of the fields that are told in words"""
    found = re.findall(r'__print_symbolic\(REC->(\w+)((?:, \{ \d+, "[^"]+" \})+)\)', read(f"{EVENTS}/{name}/format"))
    return {field: {int(value): word for value, word in re.findall(r'\{ (\d+), "([^"]+)" \}', words)}
            for field, words in found}


def forget():
    with open(TRACE, "w", encoding="ascii"):
        pass  # opening it so is what empties it


def lines():
    """What has been traced so far: (tracepoint, {field: text})"""
    found = [re.search(r" (vigil_\w+): (.*)$", line) for line in read(TRACE).splitlines()]
    return [(m[1], dict(re.findall(r"(\w+)=(\S*)", m[2]))) for m in found if m]


def traced(what, names):
    """lines() of what() with just these tracepoints on, each by its own file."""
    forget()
    try:
        for name in names:
            equal(write(f"{EVENTS}/{name}/enable", "1"), 0)
        what()
        found = lines()
    finally:
        write(f"{EVENTS}/enable", "0")
    equal({name for name, _ in found} - set(names), set(), "was not enabled")
    return found
