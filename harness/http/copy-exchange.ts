import type { Exchange, Message } from '../model.ts';

/**
 * A copy that shares nothing which changes. For exchanges that outlive their connection among very many that don't: V8 learns from objects that survive to make
 * all others of the same place in the code long-lived too, which costs more than the copy.
 */
export const copyExchange = (exchange: Exchange): Exchange => ({
  ...exchange,
  request: exchange.request && copyMessage(exchange.request),
  response: exchange.response && copyMessage(exchange.response),
  interim: exchange.interim.map(copyMessage),
});

/** Fields are shared between messages and never changed. */
const copyMessage = <M extends Message>(message: M): M => ({
  ...message,
  headFrames: [message.headFrames[0], message.headFrames[1]],
  frames: [message.frames[0], message.frames[1]],
  segmentSizes: message.segmentSizes.slice(),
  segmentFrames: message.segmentFrames.slice(),
  problems: message.problems.slice(),
});
