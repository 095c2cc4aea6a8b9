"""A path with length: takes packets from a TUN interface, holds those of one port, and hands them back with other addresses.

What is sent to the far address comes back for 127.0.0.1, where servers listen, as if from the far address; what goes to the far address from there comes back as the
far address's answer. So both ends of each connection are on this machine, and all its packets pass here twice. Arguments: name of the interface, port whose packets
are held, milliseconds, near address, far address. It writes a line when the interface is there.
"""
import fcntl
import heapq
import os
import select
import socket
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
PROTOCOL_TCP = 6
LOOPBACK = socket.inet_aton("127.0.0.1")
IP_CHECKSUM = 10
TCP_CHECKSUM = 16


def words(data):
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


def adjust(packet, place, before, after):
    """Updates the checksum at `place` for 16-bit words that have changed (RFC 1624, equation 3)."""
    (checksum,) = struct.unpack_from("!H", packet, place)
    total = (~checksum & 0xFFFF) + sum(~word & 0xFFFF for word in struct.unpack("!4H", before)) + words(after)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    struct.pack_into("!H", packet, place, ~total & 0xFFFF)


def main():
    name, port, delay_ms = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    near, far = (socket.inet_aton(address) for address in sys.argv[4:6])
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
            if packet[0] >> 4 != 4 or packet[9] != PROTOCOL_TCP:
                continue
            head = (packet[0] & 15) * 4
            before = bytes(packet[12:20])
            after = far + (near if packet[12:16] == LOOPBACK else LOOPBACK)
            packet[12:20] = after
            adjust(packet, IP_CHECKSUM, before, after)
            adjust(packet, head + TCP_CHECKSUM, before, after)
            ports = struct.unpack_from("!HH", packet, head)
            count += 1
            heapq.heappush(held, (time.monotonic() + (delay_ms / 1000 if port in ports else 0), count, bytes(packet)))


main()
