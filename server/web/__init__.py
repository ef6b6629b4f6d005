"""⑩ DOOR. In: HTTP requests. Out: pages, JSON, sound and the feed.

Blueprints, one for each subject, that server/app.py puts together. A page never waits for a
render, and nothing here loads a voice or touches a sample: that is the workshop's. Nothing is
re-exported, so that starting the server does not import Flask before gevent has patched.
"""

__all__: list[str] = []
