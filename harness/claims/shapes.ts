/** What the claims measure, as plain data: the claims fill these shapes, and the wording puts them into sentences. */
import type { Side } from '../model.ts';

/** How often the connections of one cell were used, what the responses said of them, and who ended them. */
export interface Lifetimes {
  /** Answered requests, and the connections that carried a request. */
  requests: number;
  connections: number;
  /** Most answered requests on one connection. */
  mostOnOne: number;
  /** Responses with the `close` and the `keep-alive` option, and those of HTTP/1.1. */
  sayClose: number;
  sayKeepAlive: number;
  http11: number;
  /** Connections by the side that sent the first FIN or RST; `open`: neither did. */
  closedByServer: number;
  closedByClient: number;
  open: number;
}

/** What became of the files of the first visit when the page was visited again. */
export interface Revisit {
  /** Files of the first visit, without the favicon. */
  files: number;
  asked: number;
  notModified: number;
  sentAgain: number;
  kind: 'all-304' | 'nothing-sent' | 'data-only' | 'mixed';
}

/** When a file of the page was asked for and when it was complete, over six connections and over one. Milliseconds since the document's last byte. */
export interface Wait {
  file: string;
  oneMs: number;
  sixMs: number;
  oneDoneMs: number;
  sixDoneMs: number;
}

/** How the used connections of a cell end: the one that is idle longest among those that end as most do. */
export interface Ending {
  by: Side | null;
  how: 'FIN' | 'RST' | null;
  /** Seconds from the last byte to the first FIN or RST; to the end of the capture where it stayed open. */
  idleS: number;
  /** The close came before the browser was quit. */
  beforeQuit: boolean;
  /** Seconds from the first FIN to the other side's; `null` where only one side sent a FIN. */
  answeredAfterS: number | null;
  rstBy: Side | null;
  /** The client's segment that the server's RST answers: its FIN or a keep-alive probe. */
  rstAnswers: 'FIN' | 'probe' | null;
  /** `timeout` of the responses' Keep-Alive header. */
  advertisedS: number | null;
  stream: number;
  frames: number[];
}
