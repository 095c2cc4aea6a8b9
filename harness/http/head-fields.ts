/** What is read out of the field lines of a head. */
import type { BodyFraming, HeaderField, MessageProblemKind } from '../model.ts';

/** Something wrong with a head, before it is known to which message and frame it belongs. */
export interface Fault {
  kind: MessageProblemKind;
  detail: string;
}

/** How the end of a body is found (RFC 9112 §6.3). */
export interface Framing {
  kind: BodyFraming;
  /** Content bytes to come, where `kind` is `content-length`. */
  length: number;
}

/** The fields of a head, and those that decide about framing and the connection, in lower case. */
export interface HeadFields {
  headers: HeaderField[];
  contentLengths: string[];
  transferEncodings: string[];
  /** Options of `Connection`, as one string; and what they say of the connection (RFC 9112 §9.3). */
  connection: string;
  closes: boolean;
  keepsAlive: boolean;
  /** By `Content-Length`, once that was read and nothing was wrong with it: many messages may share these fields. */
  counted: Framing | null;
  hosts: number;
  dates: number;
  faults: Fault[];
}
