"""A program for tests: makes a client's key when a line comes in, and prints what it marks.

Usage: make_key.py KEYS CLIENT_ID
"""

import sys
from pathlib import Path

from server.store.care import KeyRing

print("ready", flush=True)
sys.stdin.readline()
print(KeyRing(Path(sys.argv[1])).make(sys.argv[2]).mark("the same?"))
