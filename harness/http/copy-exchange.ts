import type { Exchange, Message } from '../model.ts';

/**
 * A deep copy. For exchanges that outlive their connection among very many that don't: V8 learns from objects that survive to make
 * all others of the same place in the code long-lived too, which costs more than the copy.
 */
export const copyExchange = (exchange: Exchange): Exchange => ({
  ...exchange,
  request: exchange.request && copyMessage(exchange.request),
  response: exchange.response && copyMessage(exchange.response),
  interim: exchange.interim.map(copyMessage),
});

const copyMessage = <M extends Message>(message: M): M => ({
  ...message,
  headers: message.headers.map(([name, value]) => [name, value] as const),
  trailers: message.trailers.map(([name, value]) => [name, value] as const),
  headFrames: [...message.headFrames],
  frames: [...message.frames],
  segmentSizes: [...message.segmentSizes],
  segmentFrames: [...message.segmentFrames],
  problems: message.problems.map((problem) => ({ ...problem })),
});
