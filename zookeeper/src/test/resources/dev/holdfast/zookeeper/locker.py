# SPDX-License-Identifier: Apache-2.0
# Locks with kazoo as its input says: try PATH, wait PATH, release PATH. Arguments: servers, and patterns of names that count as contenders, too.
import sys
from kazoo.client import KazooClient

client = KazooClient(hosts=sys.argv[1], timeout=2.0)
client.start(timeout=20)
patterns = sys.argv[2:]
locks = {}


def lock(path):
    if path not in locks:
        locks[path] = client.Lock(path, "kazoo", extra_lock_patterns=patterns) if patterns else client.Lock(path, "kazoo")
    return locks[path]


def say(word):
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


say("ready")
for line in sys.stdin:
    command, path = line.split()
    try:
        if command == "try":
            say("held" if lock(path).acquire(blocking=False) else "busy")
        elif command == "wait":
            say("waiting")
            lock(path).acquire(timeout=20)
            say("held")
        elif command == "release":
            lock(path).release()
            say("released")
    except Exception as e:
        say("failed " + repr(e))
