"""One address before several processes: each reader always goes to the same one, chosen by his address.

For measures alone. In service a proxy of the machine does it (docs/deploiement.md).
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Sequence


@contextlib.asynccontextmanager
async def balance(ports: Sequence[int]) -> AsyncIterator[int]:
    """Listen on 127.0.0.1 and pass each connection on to one of the ports; yield the port listened on."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = writer.get_extra_info("peername")[0]
        port = ports[zlib.crc32(address.encode()) % len(ports)]
        try:
            behind = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_pour(reader, behind[1]), _pour(behind[0], writer))

    server = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.close()
