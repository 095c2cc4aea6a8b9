import type { Endpoint } from '../model.ts';

/** A string that is the same for the same endpoint, as a key of maps. */
export const endpointKey = ({ address, port }: Endpoint): string => `${address} ${port}`;

/** A host as it is written before a port: an IPv6 address in brackets (RFC 3986 §3.2.2). */
export const uriHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);
