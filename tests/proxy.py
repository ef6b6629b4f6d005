"""A TCP proxy for tests: what stands behind it can be slow, hang, refuse or be cut off."""

from __future__ import annotations

import asyncio
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
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()  # and what was since the last reset
        self._working: set[asyncio.Task[None]] = set()

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
            await self._stop_listening()
        elif self._server is None:
            await self._listen()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._take, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _end(self) -> None:
        await self._stop_listening()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in others & self._working:  # what only takes a connection ends by itself
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
        self._reset()

    def _reset(self) -> None:
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        if self._mode in {"refuse", "cut"}:
            writer.transport.abort()
        else:
            self._begin(self._join(reader, writer))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._working.add(task)  # the loop itself holds tasks weakly
        task.add_done_callback(self._working.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            behind_reader, behind_writer = await self._reach()
        except OSError:  # nobody is behind: the caller sees what it would see without us
            writer.transport.abort()
            return
        self._open.add(behind_writer)
        self._begin(self._carry(reader, behind_writer))
        self._begin(self._carry(behind_reader, writer))

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
