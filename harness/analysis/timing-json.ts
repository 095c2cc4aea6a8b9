import type { ExchangeTiming, Span } from '../observe/timing.ts';

/** As JSON.stringify would write it, in a third of the time: a large capture has hundreds of thousands. */
export const timingJson = ({ connect, idle, request, interim, firstByte, transfer, total }: ExchangeTiming): string =>
  `{"connect":${spanJson(connect)},"idle":${spanJson(idle)},"request":${spanJson(request)},"interim":${
    interim.length === 0 ? '[]' : JSON.stringify(interim)
  },"firstByte":${spanJson(firstByte)},"transfer":${spanJson(transfer)},"total":${spanJson(total)}}`;

const spanJson = (span: Span | null): string =>
  span === null ? 'null' : `{"ms":${span.ms},"frames":[${span.frames[0]},${span.frames[1]}]}`;
