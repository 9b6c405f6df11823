import type { Progress } from "@somakit/core";
import { cutText, displayWidth, escapeText } from "../print/escape.js";
import { nextStage, paceOf, type Stage, stageText, timeText } from "./pace.js";

/** When progress is shown: `auto` is on a terminal, as one line that changes; elsewhere `always` is a line now and then. */
export const WHEN = ["auto", "always", "never"] as const;

export type When = (typeof WHEN)[number];

export interface ProgressOptions {
  readonly write: (text: string) => void;
  /** Of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  readonly when: When;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** Between two pictures, and before the first one: what is done at once needs none. */
const PAUSE = 100;
const FIRST = 400;

/** Shows how far work is, on standard error. */
export class ProgressView {
  readonly #options: ProgressOptions;
  readonly #now: () => number;
  readonly #begun: number;
  /** Of each file that is worked on, by its name; of a command without a batch under the empty one. */
  readonly #stages = new Map<string, Stage | undefined>();
  #files: Stage | undefined;
  #shown = "";
  #last = Number.NEGATIVE_INFINITY;
  readonly #tenths = new Map<string, number>();

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#begun = this.#now();
  }

  /** Whether anybody looks. */
  get wanted(): boolean {
    const { when, columns } = this.#options;
    return when === "always" || (when === "auto" && columns !== undefined);
  }

  /** How many files of a batch are done. */
  files(done: number, total: number): void {
    const progress = { stage: "files", done, total, unit: "files" };
    this.#files = nextStage(this.#files, progress, this.#now());
    if (this.#options.columns === undefined) this.#tell("", this.#files);
    else this.#draw();
  }

  begin(file: string): void {
    this.#stages.set(file, undefined);
  }

  end(file: string): void {
    this.#stages.delete(file);
    for (const key of this.#tenths.keys()) if (key.startsWith(`${file}\0`)) this.#tenths.delete(key);
  }

  /** Takes what work reports. */
  report(file: string, progress: Progress): void {
    const stage = nextStage(this.#stages.get(file), progress, this.#now());
    this.#stages.set(file, stage);
    if (this.#options.columns === undefined) this.#tell(file, stage);
    else this.#draw();
  }

  /** To be called before anything else is printed on the terminal, and in the end. */
  clear(): void {
    if (this.#shown === "") return;
    this.#options.write("\r\u001b[K");
    this.#shown = "";
  }

  /** A line for each tenth. */
  #tell(file: string, stage: Stage): void {
    if (!this.wanted) return;
    const { stage: name, done, total, unit = "bytes" } = stage.progress;
    const { share } = paceOf(stage, this.#now());
    const tenth = share === undefined ? 10 : Math.floor(share * 10);
    const key = `${file}\0${name}`;
    const before = this.#tenths.get(key);
    if (before === tenth) return;
    this.#tenths.set(key, tenth);
    const prefix = file === "" ? "" : `${file}: `;
    // What is not known before is as much as there is so far.
    const said = share === undefined ? name : `${name}: ${done} of ${total} ${unit}`;
    if (share !== undefined || before === undefined) this.#options.write(`${escapeText(prefix + said)}\n`);
  }

  #draw(): void {
    const now = this.#now();
    if (!this.wanted || now - this.#begun < FIRST || now - this.#last < PAUSE) return;
    this.#last = now;
    const text = this.#text(now);
    if (text === this.#shown) return;
    this.#options.write(`\r${text}\u001b[K`);
    this.#shown = text;
  }

  #text(now: number): string {
    const columns = this.#options.columns ?? 80;
    const under = [...this.#stages];
    const parts = under.map(([file, stage]) => {
      const name = file === "" ? [] : [file];
      // Of several files at once only their names have room.
      return [...name, ...(stage && under.length === 1 ? [stageText(stage, now)] : [])].join("  ");
    });
    const text = escapeText([...this.#filesText(now), parts.join(", ")].join("  "));
    return displayWidth(text) < columns ? text : cutText(text, columns - 1);
  }

  #filesText(now: number): readonly string[] {
    if (!this.#files) return [];
    const { done, total } = this.#files.progress;
    const { left } = paceOf(this.#files, now);
    return [`${done} of ${total} files`, ...(left === undefined ? [] : [`${timeText(left)} left`])];
  }
}
