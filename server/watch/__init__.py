"""WATCH: what the house tells its operator: lines of a log, meters, and, where wished, faults.

In goes what happened, as plain calls from any room above; out come lines on standard error and
numbers for Prometheus, and nothing else, unless an address is set: then faults go to Sentry, or
spans to OpenTelemetry. No words of anybody's, no client and no token is in any of it. Each module
is imported by its own name, so that nothing is loaded that is not needed.
"""
