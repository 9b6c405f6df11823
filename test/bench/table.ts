import type { Target } from "./cases.js";
import type { Measured, Result } from "./measure.js";
import { median } from "./run.js";

export interface Row {
  readonly name: string;
  readonly title: string;
  readonly ours: number;
  readonly python: number | undefined;
  /** Python's time by ours: above 1 we are faster. */
  readonly ratio: number | undefined;
  readonly oursPeak: number | undefined;
  readonly pythonPeak: number | undefined;
  readonly oursWritten: number | undefined;
  readonly pythonWritten: number | undefined;
  /** How many times smaller what we wrote is than what was read. */
  readonly compression: number | undefined;
  /** Seconds of each step of ours. */
  readonly steps: Readonly<Record<string, number>> | undefined;
  readonly target: string;
  /** Absent without a target, or without what it compares with. */
  readonly met: boolean | undefined;
}

export interface Judging {
  /** Whether files are of full size: on little data, targets mean nothing. */
  readonly full: boolean;
  /** Bytes of arrays that the archive holds, where it was made. */
  readonly arrayBytes: number | undefined;
}

export function rowOf({ case: one, ours, python }: Result, { full, arrayBytes }: Judging): Row {
  const [oursTime, pythonTime] = [middle(ours, "seconds") as number, middle(python, "seconds")];
  const figures = {
    ours: oursTime,
    python: pythonTime,
    ratio: pythonTime === undefined ? undefined : pythonTime / oursTime,
    oursPeak: middle(ours, "peak"),
    pythonPeak: middle(python, "peak"),
    oursWritten: middle(ours, "written"),
    pythonWritten: middle(python, "written"),
    compression: quotient(middle(ours, "read"), middle(ours, "written")),
  };
  const goals = full && one.target ? goalsOf(one.target, figures, arrayBytes) : [];
  const verdicts = goals.map(({ met }) => met);
  return {
    name: one.name,
    title: one.title,
    ...figures,
    steps: stepsOf(ours),
    target: goals.map(({ text }) => text).join(", "),
    met: verdicts.includes(false) ? false : verdicts.length === 0 || verdicts.includes(undefined) ? undefined : true,
  };
}

interface Goal {
  readonly text: string;
  readonly met: boolean | undefined;
}

type Figures = Pick<Row, "ours" | "ratio" | "oursPeak" | "oursWritten" | "pythonWritten" | "compression">;

function goalsOf(
  { ratio, seconds, peak, size, compression }: Target,
  figures: Figures,
  arrayBytes: number | undefined,
): readonly Goal[] {
  const goals: Goal[] = [];
  if (seconds !== undefined) goals.push({ text: `≤ ${time(seconds)}`, met: figures.ours <= seconds });
  if (ratio !== undefined) goals.push({ text: `≥ ${ratio}x`, met: atMost(ratio, figures.ratio) });
  const most = typeof peak === "number" ? peak : arrayBytes === undefined ? undefined : peak?.(arrayBytes);
  if (most !== undefined) goals.push({ text: `≤ ${megabytes(most)}`, met: atMost(figures.oursPeak, most) });
  const { oursWritten, pythonWritten } = figures;
  if (size !== undefined) {
    const limit = pythonWritten === undefined ? undefined : pythonWritten * size;
    goals.push({ text: `size ≤ ${size}x`, met: atMost(oursWritten, limit) });
  }
  if (compression !== undefined)
    goals.push({ text: `${compression}x smaller`, met: atMost(compression, figures.compression) });
  return goals;
}

function atMost(figure: number | undefined, limit: number | undefined): boolean | undefined {
  return figure === undefined || limit === undefined ? undefined : figure <= limit;
}

function quotient(whole: number | undefined, part: number | undefined): number | undefined {
  return whole === undefined || part === undefined ? undefined : whole / part;
}

function middle(samples: readonly Measured[], key: "seconds" | "peak" | "written" | "read"): number | undefined {
  const values = samples.map((sample) => sample[key]).filter((value) => typeof value === "number");
  return values.length === 0 ? undefined : median(values);
}

function stepsOf(samples: readonly Measured[]): Row["steps"] {
  const names = Object.keys(samples[0]?.steps ?? {});
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, median(samples.map(({ steps }) => steps?.[name] ?? 0))]));
}

function time(seconds: number): string {
  return seconds < 0.1 ? `${(seconds * 1000).toPrecision(2)} ms` : `${seconds.toPrecision(3)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0)} MB`;
}

const NONE = "–";

/** The rows as a Markdown table, aligned for reading as it is. */
export function tableText(rows: readonly Row[]): string {
  const show = <T>(value: T | undefined, text: (value: T) => string): string =>
    value === undefined ? NONE : text(value);
  const cells = rows.map((row) => [
    row.title,
    time(row.ours),
    show(row.python, time),
    show(row.ratio, (ratio) => `${ratio.toFixed(ratio < 10 ? 2 : 0)}x`),
    show(row.oursPeak, megabytes),
    show(row.pythonPeak, megabytes),
    row.target || NONE,
    show(row.met, (met) => (met ? "yes" : "no")),
  ]);
  const head = ["case", "ours", "Python", "ratio", "peak, ours", "peak, Python", "target", "met"];
  const right = [false, true, true, true, true, true, false, false];
  const widths = head.map((title, column) => Math.max(...[head, ...cells].map((row) => (row[column] ?? title).length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell[right[column] ? "padStart" : "padEnd"](widths[column] as number)).join(" | ")} |`;
  const rule = widths.map((width, column) => "-".repeat(width - (right[column] ? 1 : 0)) + (right[column] ? ":" : ""));
  const written = rows.flatMap(({ name, oursWritten, pythonWritten, compression }) => {
    if (oursWritten === undefined) return [];
    const smaller = compression === undefined ? "" : `, ${compression.toFixed(2)} times smaller than what was read`;
    return [`${name}: ${megabytes(oursWritten)} written, by Python ${show(pythonWritten, megabytes)}${smaller}`];
  });
  const steps = rows.flatMap(({ name, steps: own }) =>
    own
      ? [
          `${name}: ${Object.entries(own)
            .map(([step, seconds]) => `${step} ${time(seconds)}`)
            .join(", ")}`,
        ]
      : [],
  );
  const more = [...written, ...steps];
  return [line(head), line(rule), ...cells.map(line), ...(more.length > 0 ? ["", ...more] : [])].join("\n");
}
