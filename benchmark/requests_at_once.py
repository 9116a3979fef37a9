"""Requests of which several are always under way, as a web browser's network thread makes them."""

import asyncio
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


def milliseconds_each(address: str, paths: Sequence[str], connections: int) -> list[float]:
    """How long each request takes, from asking to the last byte of the answer.

    On connections that stay open. One thread drives them all: with one for each, the threads
    of server and client together outnumber two cores, and one that holds Python's lock waits until
    the others' share of a core is over. That would be measured, and not the server.

    Args:
        address: Such as http://127.0.0.1:8000.
        paths: What is asked for, with the leading slash; shared out over the connections.
        connections: How many.

    Raises:
        ExceptionGroup: With the AssertionErrors of answers that were not 200.
    """
    # In a thread of its own: that of the caller may have a loop, as a driven browser's has.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _all(address, paths, connections)).result()


async def _all(address: str, paths: Sequence[str], connections: int) -> list[float]:
    shares = [paths[number::connections] for number in range(connections)]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_one_connection(address, share)) for share in shares if share]
    return [each for task in tasks for each in task.result()]


async def _one_connection(address: str, paths: Sequence[str]) -> list[float]:
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        return [await _one(reader, writer, place.netloc, path) for path in paths]
    finally:
        writer.close()
        await writer.wait_closed()


async def _one(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, path: str
) -> float:
    begun = time.perf_counter()
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    assert head.startswith(b"HTTP/1.1 200 "), (path, head)
    assert length is not None, head
    await reader.readexactly(int(length[1]))
    return 1000 * (time.perf_counter() - begun)
