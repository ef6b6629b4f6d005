"""A TCP proxy for tests: what stands behind it can be slow, hang, refuse or be cut off."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, Self

HOST = "127.0.0.1"
CHUNK_BYTES = 65_536

Mode = Literal["pass", "slow", "hang", "refuse", "cut", "flip"]
LARGE_BYTES = 16_384


class Proxy:
    """One port of ours in front of somebody's port or socket's path; a context manager.

    pass: all goes through. slow: each chunk waits for `delay_s`. hang: connections are taken and
    stay, and nothing flows until the mode changes. refuse: what is open is reset and nobody
    listens. cut: what is open is reset, and so is what is opened. flip: one bit is wrong in each
    chunk of more than LARGE_BYTES, which are of a file. The port stays the same.
    """

    def __init__(self, behind: int | Path, *, host: str = HOST, delay_s: float = 0.1) -> None:
        self.port = 0
        self._behind, self._host, self._delay_s = behind, host, delay_s
        self._mode: Mode = "pass"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._changed = asyncio.Event()
        self._listener: socket.socket | None = None
        self._open: set[asyncio.StreamWriter] = set()  # and what was since the last reset
        self._joined: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def be(self, mode: Mode, *, delay_s: float | None = None) -> None:
        """Be like this from now on; it holds when this returns."""
        self._delay_s = self._delay_s if delay_s is None else delay_s
        self._do(self._become(mode))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _become(self, mode: Mode) -> None:
        self._mode = mode
        self._changed.set()
        self._changed = asyncio.Event()
        if mode in {"refuse", "cut"}:
            self._reset()
        if mode == "refuse":
            self._stop_listening()
        elif self._listener is None:
            await self._listen()

    async def _listen(self) -> None:
        # asyncio's own server loses what it has just accepted when it is closed (gh-109564).
        self._listener = socket.create_server((HOST, self.port), backlog=100)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._loop.add_reader(self._listener, self._take, self._listener)

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._loop.remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    async def _end(self) -> None:
        await self._become("refuse")
        while self._joined:
            await asyncio.wait(self._joined)

    def _reset(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    def _take(self, listener: socket.socket) -> None:
        with suppress(BlockingIOError):  # whoever wanted in is gone
            ours, _ = listener.accept()
            ours.setblocking(False)
            if self._mode == "cut":
                ours.close()
                return
            task = self._loop.create_task(self._join(ours))
            self._joined.add(task)  # the loop itself holds tasks weakly
            task.add_done_callback(self._joined.discard)

    async def _join(self, ours: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=ours)
        self._open.add(writer)
        try:
            behind_reader, behind_writer = await self._reach()
        except OSError:  # nobody is behind: the caller sees what it would see without us
            writer.transport.abort()
            return
        self._open.add(behind_writer)
        if self._mode in {"refuse", "cut"}:
            self._reset()
        await asyncio.gather(self._carry(reader, behind_writer), self._carry(behind_reader, writer))

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._behind, Path):
            return await asyncio.open_unix_connection(self._behind)
        return await asyncio.open_connection(self._host, self._behind)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):  # reset by either side
            while chunk := await source.read(CHUNK_BYTES):
                await self._hold()
                if self._mode == "flip" and len(chunk) > LARGE_BYTES:
                    chunk = chunk[:-1] + bytes([chunk[-1] ^ 1])
                sink.write(chunk)
                await sink.drain()
        sink.close()

    async def _hold(self) -> None:
        while self._mode == "hang":
            await self._changed.wait()
        if self._mode == "slow":
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self._delay_s)
