"""`python -m server.cli`: the same as `stepback`."""

from server.cli import main

main()
