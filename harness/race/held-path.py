"""A path with length: takes packets from a TUN interface, holds those of one port, and hands them back with the two addresses swapped.

The address that the kernel routes into the interface is so the far end of every connection, and what listens on the near address gets it. Swapping changes no
checksum (RFC 1071). Arguments: name of the interface, port whose packets are held, milliseconds. It writes a line when the interface is there.
"""
import fcntl
import heapq
import os
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
PROTOCOL_TCP = 6

name, port, delay_ms = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH14x", name.encode(), IFF_TUN | IFF_NO_PI))
print("ready", flush=True)

# Packets in the order of the time at which they go on; the count keeps the order of those of one time.
held = []
count = 0
while True:
    now = time.monotonic()
    while held and held[0][0] <= now:
        os.write(tun, heapq.heappop(held)[2])
    wait = held[0][0] - now if held else None
    readable, _, _ = select.select([tun], [], [], wait)
    while readable:
        try:
            packet = bytearray(os.read(tun, 65535))
        except BlockingIOError:
            break
        if packet[0] >> 4 != 4:
            continue
        packet[12:16], packet[16:20] = packet[16:20], packet[12:16]
        head = (packet[0] & 15) * 4
        ports = struct.unpack_from("!HH", packet, head) if packet[9] == PROTOCOL_TCP else ()
        count += 1
        heapq.heappush(held, (time.monotonic() + (delay_ms / 1000 if port in ports else 0), count, bytes(packet)))
