/** The words of the race's reports, in one language. */
export interface RaceWords {
  title: string;
  /** Paragraphs before the matrix. */
  intro: (facts: { windowS: number; delayMs: number; startedAt: string; minutes: number }) => string[];
  /** Between the parts of a list, and between two facts. */
  list: string;
  and: string;
  /** What something is, under its name. */
  named: (name: string, text: string) => string;
  upstream: string;
  server: string;
  method: string;
  matrix: string;
  matrixNote: string;
  pairs: string;
  pairHeads: readonly [
    upstream: string,
    server: string,
    method: string,
    margin: string,
    tried: string,
    raced: string,
    repeated: string,
    lost: string,
    share: string,
    verdict: string,
  ];
  verdicts: Record<'safe' | 'races' | 'not-shown', string>;
  predicted: Record<'safe' | 'races' | 'unknown', string>;
  because: Record<'keeps-none' | 'closes-each' | 'obeys-hint' | 'timers' | 'never-closes' | 'not-known', string>;
  lost: (lost: number, tried: number) => string;
  repeated: string;
  notTried: string;
  /** Why the requests of a pair were not aimed, by what its server does when it is idle. */
  notAimed: (facts: { closesEach: boolean; shortestS: number | null; openAfterS: number | null }) => string;
  habits: string;
  habitsNote: string;
  habitHeads: readonly [
    upstream: string,
    version: string,
    idle: string,
    hint: string,
    fin: string,
    pool: string,
    get: string,
    post: string,
    postBody: string,
    gives: string,
  ];
  openAfter: (s: number) => string;
  keepsNone: string;
  hint: (value: 'yes' | 'no' | 'unknown', marginS: number | null) => string;
  yesNo: Record<'yes' | 'no', string>;
  declines: (s: number) => string;
  repeats: (value: string, on: 'new' | 'idle' | null) => string;
  timers: string;
  timerHeads: readonly [server: string, version: string, idle: string, hint: string, limit: string, lifetime: string, stop: string];
  /** How many requests one connection carries; `null`: no limit was met in `most`. */
  limit: (requests: number | null, most: number, isAnnounced: boolean) => string;
  /** After how long a busy connection is closed, as `2–2.3 s`. */
  lifetime: (age: string, isAnnounced: boolean) => string;
  /** None was, though one became so old. */
  noLifetime: (busyS: number) => string;
  /** What a document says of it. */
  documentedLifetime: (age: string, setting: string) => string;
  /** Seconds, or hours. */
  age: (s: number) => string;
  /** How long after the signal to stop idle connections are closed. */
  stop: (closedMs: number | null) => string;
  /** What else ends connections, for a pair. */
  ends: Record<'limit' | 'lifetime', Record<'announced' | 'safe' | 'races', string>> & { stop: Record<'safe' | 'races', string> };
  closesEach: string;
  notClosed: (s: number | null) => string;
  examples: string;
  example: (facts: {
    upstream: string;
    server: string;
    method: string;
    request: number;
    close: number;
    reset: number | null;
    outcome: string;
    answer: number | null;
    crossed: boolean;
  }) => string;
  filter: string;
  /** Which connection a ladder shows: the one that raced, the client's, the one on which it was sent again. */
  ladders: Record<'race' | 'client' | 'repeat', string>;
  /** What the colours and marks of the matrix mean. */
  states: Record<'lost' | 'repeated' | 'safe' | 'not-shown' | 'not-tried', string>;
  /** The prediction of a pair, with what it rests on. */
  predictedBy: (facts: { predicted: string; margin: string; because: string; upstreamIdle: string; serverIdle: string }) => string;
  /** Which pairs the page shows. */
  show: Record<'label' | 'all' | 'proxy' | 'library' | 'racing', string>;
  /** Of a pair without an example, and of one whose ladders the page has no room for. */
  noExample: string;
  noLadder: string;
  /** Where the page is. */
  where: (file: string) => string;
  /** Where the capture of a pair is. */
  capture: string;
  document: string;
  /** A pair that fails a threshold. `before` and `now`: what was lost of how many; for `more-lost`, of how many that met the close. */
  gate: (facts: {
    kind: 'race' | 'lost' | 'predicted' | 'new' | 'no-longer-safe' | 'more-lost';
    pair: string;
    now: string;
    /** What share is lost now; empty where none is. */
    share: string;
    before: string;
    because: string;
  }) => string;
  cures: string;
  curesNote: string;
  cure: (facts: {
    upstream: string;
    method: string;
    base: string;
    baseLost: string;
    variant: string;
    variantLost: string;
    summary: string;
  }) => string;
  setting: (server: string, line: string) => string;
  documented: string;
  documentedNote: string;
  documentedHeads: readonly [id: string, title: string, idle: string, lifetime: string, settable: string, repeats: string, source: string];
  notDocumented: string;
  noLimit: string;
  readOn: (date: string) => string;
  skipped: (title: string, reason: string, remedy: string) => string;
  behind: string;
  /** What a front does beside: the end of its sentence. */
  frontLifetime: (age: string) => string;
  front: (facts: {
    title: string;
    idle: string;
    isSetByUser: boolean;
    predicted: string;
    margin: string;
    because: string;
    lifetime: string;
  }) => string;
}
