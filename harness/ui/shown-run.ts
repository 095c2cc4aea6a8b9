/** The run as the page is told of it: its progress, its index, and the cells that are to be run again. */
import { type FollowedRun, followRun } from '../lab/follow.ts';
import { laneCellId } from '../lab/plan.ts';
import type { RunListener } from '../lab/run.ts';
import { cellId, type Language } from '../model.ts';
import { printable } from '../report/escape.ts';
import { LivePage } from '../report/html/live-page.ts';
import type { LiveProgress } from '../report/html/page-format.ts';
import type { AssembledRun } from '../results/assemble.ts';
import type { RunUnderWay } from '../results/run-and-assemble.ts';

/** Time between two versions of the index: at least this, and at least `SHARE` times what the last one took, so that the run keeps the processor, but no more than `MOST_MS`. */
const VERSION_MS = 1_000;
const MOST_MS = 15_000;
const SHARE = 10;

/** Where the run comes from: while it goes on, and when it has ended. */
type Source = () => Promise<AssembledRun>;

export class ShownRun {
  readonly #changed: () => void;
  readonly #language: Language;
  #follow: FollowedRun = followRun(0);
  #source: Source | null = null;
  /** The same for all that is run again: cells keep their places. */
  #page: LivePage | null = null;
  /** What the page holds. */
  #held: { version: number; assembled: AssembledRun } | null = null;
  /** Of the run, and as the page was told last. */
  #version = 0;
  #told = 0;
  #tellAt = 0;
  #refreshing: Promise<void> = Promise.resolve();
  #state: LiveProgress['state'] = 'runs';
  /** Of all cells, when the run has ended. */
  #ended: LiveProgress['cells'] | null = null;
  #folder: string | null = null;
  #problem: string | null = null;
  /** Cells that wait to be run again, and the one that is. */
  #again: string[] = [];
  #underWay: string | null = null;
  #wake: (() => void) | null = null;

  /** @param changed is called whenever `progress` has @param language of the page at first */
  constructor(changed: () => void, language: Language) {
    this.#changed = changed;
    this.#language = language;
  }

  /** A run begins, of so many cells that are to be run. */
  begin(cells: number, run: RunUnderWay): RunListener {
    const follow = followRun(cells);
    this.#follow = follow;
    this.#state = 'runs';
    this.#ended = null;
    this.#page ??= new LivePage(run.cells);
    this.#take(run.soFar);
    return {
      begins: (cell) => {
        follow.begins(cell);
        this.#changed();
      },
      event: (cell, event) => {
        follow.event(cell, event);
        this.#changed();
      },
      ends: (outcome) => {
        follow.ends(outcome);
        this.#version++;
        this.#changed();
      },
      oneByOne: (why) => {
        follow.oneByOne?.(why);
        this.#changed();
      },
    };
  }

  /** The run has ended, and its files are in `folder`. */
  end(done: AssembledRun, folder: string): void {
    this.#state = 'ended';
    const { cells } = done.run;
    const failed = cells.filter(({ state }) => state === 'failed').length;
    this.#ended = { done: cells.length - failed, failed, all: cells.length };
    this.#folder = folder;
    this.#problem = null;
    this.#underWay = null;
    this.#take(() => Promise.resolve(done));
  }

  /** The cell that was to be run again could not be: what was shown before is shown again. */
  fail(problem: string, done: AssembledRun, folder: string): void {
    this.end(done, folder);
    this.#problem = problem;
    this.#changed();
  }

  #take(source: Source): void {
    this.#source = source;
    this.#version++;
    this.#tellAt = 0;
    this.#changed();
  }

  progress(): LiveProgress {
    const { counts, all, startedAt } = this.#follow;
    const watching = this.#follow.watching();
    const [first, ...others] = this.#follow.acting();
    if (performance.now() >= this.#tellAt) this.#told = this.#version;
    return {
      version: this.#told,
      state: this.#state,
      startedAt,
      cells: this.#ended ?? { done: counts.done, failed: counts.failed, all },
      watching: watching && { cells: watching.count, cell: laneCellId(watching.last.cell), until: watching.last.untilEpochMs ?? 0 },
      acting:
        first === undefined || first.doing === 'watch'
          ? null
          : { cell: laneCellId(first.cell), doing: first.doing, step: first.step, more: others.length },
      again: [...(this.#underWay === null ? [] : [this.#underWay]), ...this.#again],
      problem: this.#problem === null ? null : printable(this.#problem),
      folder: this.#folder === null ? null : printable(this.#folder),
    };
  }

  /** Milliseconds until `progress` names a newer version; 0 where it does already. */
  untilNews(): number {
    return this.#told === this.#version ? 0 : Math.max(0, this.#tellAt - performance.now());
  }

  /** A block of the page; `null` where there is none. The index is that of the cells that have ended by now. */
  async block(id: string): Promise<string | null> {
    if (id === 'index') await this.#refresh();
    return (await this.#page?.block(id)) ?? null;
  }

  /** One after the other: who asks meanwhile waits for the same. */
  #refresh(): Promise<void> {
    this.#refreshing = this.#refreshing.catch(() => {}).then(() => this.#read());
    return this.#refreshing;
  }

  async #read(): Promise<void> {
    const source = this.#source;
    if (source === null || this.#held?.version === this.#version) return;
    const version = this.#version;
    const start = performance.now();
    const assembled = await source();
    const { run, found, judged, store } = assembled;
    await this.#page?.show({
      run,
      found,
      judged,
      language: this.#language,
      linksOf: ({ capture }) => ({ capture, har: null }),
      evidenceOf: (cell) => store.evidence(cell.capture),
      captureOf: (cell) => store.bytes(cell.capture),
    });
    this.#held = { version, assembled };
    if (this.#state === 'runs')
      this.#tellAt = performance.now() + Math.min(MOST_MS, Math.max(VERSION_MS, SHARE * (performance.now() - start)));
    // The run that this was read from was replaced meanwhile: what it showed may be gone.
    if (source !== this.#source) await this.#read();
  }

  /** The capture file that the page links to; `null` where no cell that is shown has it. */
  async capture(name: string): Promise<Uint8Array | null> {
    const { run, store } = this.#held?.assembled ?? {};
    const cell = run?.cells.find((one) => one.state === 'observed' && one.capture === name);
    return cell && store ? store.bytes(name) : null;
  }

  /** A reader asks that a cell be run again. @returns whether it will be: it has ended, and does not wait already */
  ask(id: string): boolean {
    const cell = this.#held?.assembled.run.cells.find((one) => cellId(one) === id);
    if (!cell || cell.state === 'not-applicable' || this.#again.includes(id) || this.#underWay === id) return false;
    this.#again.push(id);
    this.#problem = null;
    this.#wake?.();
    this.#changed();
    return true;
  }

  /** The next cell that is to be run again, as soon as there is one; it is under way until `end` or `fail`. @returns `null` once the signal is aborted */
  async next(signal: AbortSignal): Promise<string | null> {
    while (!signal.aborted && this.#again.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    if (signal.aborted) return null;
    this.#underWay = this.#again.shift() ?? null;
    return this.#underWay;
  }
}
