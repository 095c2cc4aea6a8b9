/** What tshark says of a capture, frame by frame. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PSEUDOWIRE_LABEL } from '../packets/tunnel-fixtures.ts';

/** One frame that holds TCP, as tshark's fields tell it. */
export interface TsharkFrame {
  frame: number;
  stream: number;
  completeness: number;
  flags: number;
  seq: number;
  ack: number;
  length: number;
  /** Names of `tcp.analysis.*` without the prefix, sorted. */
  analysis: string[];
  fromPort: number;
  requestMethods: string[];
  requestTargets: string[];
  responseCodes: number[];
  /** Frames of the requests that this frame's responses answer. */
  requestIn: number[];
  contentLengths: number[];
  chunkSizes: number[];
  /** tshark gave up dissecting the frame: it is malformed, or was cut by the snap length. */
  brokenOff: boolean;
}

const ANALYSIS = [
  'retransmission',
  'fast_retransmission',
  'spurious_retransmission',
  'out_of_order',
  'lost_segment',
  'ack_lost_segment',
  'keep_alive',
  'keep_alive_ack',
  'duplicate_ack',
  'window_update',
  'zero_window',
  'zero_window_probe',
  'zero_window_probe_ack',
  'window_full',
  'reused_ports',
] as const;

const FIELDS = [
  'frame.number',
  'tcp.stream',
  'tcp.completeness',
  'tcp.flags',
  'tcp.seq',
  'tcp.ack',
  'tcp.len',
  'tcp.srcport',
  'http.request.method',
  'http.request.uri',
  'http.response.code',
  'http.request_in',
  'http.content_length_header',
  'http.chunk_size',
  '_ws.malformed',
  '_ws.short',
  ...ANALYSIS.map((name) => `tcp.analysis.${name}`),
];

const AGGREGATOR = '\u0002';

/** Preferences that make tshark see what the wire shows: segments out of order are put in order, bodies are left packed. */
const PREFERENCES = [
  'tcp.reassemble_out_of_order:TRUE',
  'http.decompress_body:FALSE',
  'nameres.network_name:FALSE',
  'nameres.transport_name:FALSE',
];

/** What tshark can't know of tunnels by itself: the port that Linux's VXLAN has by default, and a label of the hand-made captures. */
const DECODE_AS = ['udp.port==8472,vxlan', `mpls.label==${PSEUDOWIRE_LABEL},pwethcw`];

/** Runs tshark over `file`; TCP on `httpPorts` is read as HTTP. @throws where tshark is missing or fails before the end of the file */
export async function readWithTshark(file: string, httpPorts: readonly number[]): Promise<TsharkFrame[]> {
  // Two passes: in one, `tcp.completeness` is what it was before the frame.
  const args = [
    '-2',
    '-n',
    '-r',
    file,
    '-Y',
    'tcp',
    '-T',
    'fields',
    '-E',
    'separator=/t',
    '-E',
    `aggregator=${AGGREGATOR}`,
    '-E',
    'occurrence=a',
  ];
  for (const preference of PREFERENCES) args.push('-o', preference);
  for (const rule of DECODE_AS) args.push('-d', rule);
  for (const port of httpPorts) args.push('-d', `tcp.port==${port},http`);
  for (const field of FIELDS) args.push('-e', field);
  const child = spawn('tshark', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`tshark can't be run (${error.message}); install it with: apt-get install -y tshark`)));
    child.once('close', resolve);
  });
  const frames: TsharkFrame[] = [];
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
      const frame = parse(line);
      if (frame) frames.push(frame);
    }
  })();
  const [code] = await Promise.all([exit, reading]);
  // 2: the file is cut short or damaged; what came before it counts, on both sides.
  if (code !== 0 && code !== 2) throw new Error(`tshark ended with ${code}: ${errors.trim()}`);
  return frames;
}

function parse(line: string): TsharkFrame | null {
  const columns = line.split('\t');
  const list = (index: number): string[] => (columns[index] ? columns[index].split(AGGREGATOR) : []);
  const number = (index: number): number => Number(list(index)[0] ?? Number.NaN);
  if (!columns[1]) return null;
  return {
    frame: number(0),
    stream: number(1),
    completeness: number(2),
    /** NaN where tshark gave up before it. */
    flags: number(3),
    seq: number(4),
    ack: number(5),
    length: number(6),
    fromPort: number(7),
    requestMethods: list(8),
    requestTargets: list(9),
    responseCodes: list(10).map(Number),
    requestIn: list(11).map(Number),
    contentLengths: list(12).map(Number),
    chunkSizes: list(13).map(Number),
    brokenOff: Boolean(columns[14] || columns[15]),
    analysis: ANALYSIS.filter((_, index) => columns[16 + index]).sort(),
  };
}
