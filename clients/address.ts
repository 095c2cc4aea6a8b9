/** Host and port of an `http:` origin, as sockets take them: an IPv6 address without brackets, port 80 where the origin has none. */
export function addressOf(origin: URL): { host: string; port: number } {
  return { host: origin.hostname.replace(/^\[|\]$/g, ''), port: Number(origin.port || 80) };
}
