import type { Endpoint } from '../model.ts';

/** One string an endpoint, for maps. */
export const endpointKey = ({ address, port }: Endpoint): string => `${address} ${port}`;

/** A host as it stands before a port: an IPv6 address in brackets (RFC 3986 §3.2.2). */
export const uriHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);
