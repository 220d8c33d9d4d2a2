# SPDX-License-Identifier: GPL-2.0
"""Jobs that tell when they start and end, all in one file, in the order in which it happens."""
import json


def actor(v, name, extra="", at_end="exit 0"):
    """A job that writes "+name" when it has started and "-name" when it is told to end."""
    script = ("trap 'echo -%s >>%s/tale; %s' TERM; trap 'echo !%s >>%s/tale' HUP; echo +%s >>%s/tale; "
              "while :; do tail -f /dev/null & wait; done" % (name, v.dir, at_end, name, v.dir, name, v.dir))
    return ("  %s:\n    exec: [/bin/sh, -c, %s]\n    env: {VIGIL_TEST: %s}\n"
            "    backoff: {initial: 1ms, max: 1ms}\n%s"
            % (name, json.dumps(script), v.marker, "".join("    %s\n" % line for line in extra.splitlines())))


def tell(v, word, then="true"):
    """A command, as YAML, that writes the word and does something."""
    return json.dumps(["/bin/sh", "-c", "echo %s >>%s/tale; %s" % (word, v.dir, then)])


def tale(v):
    try:
        with open(v.dir + "/tale", encoding="utf-8") as f:
            return f.read().split()
    except FileNotFoundError:
        return []


def wait_tale(v, what, good):
    """The tale, once it is good."""
    return v.wait_for(what, lambda: tale(v) if good(tale(v)) else None)


def wait_told(v, *words):
    """Until the tale has each of the words, as often as they are given."""
    return wait_tale(v, "the tale has %s" % " ".join(words),
                     lambda t: all(t.count(w) >= words.count(w) for w in words))


def in_order(words, *wanted):
    """Do the wanted ones stand there in this order, whatever is between them?"""
    rest = iter(words)
    return all(any(w == word for word in rest) for w in wanted)
