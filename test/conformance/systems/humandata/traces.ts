import { FormatError, IssueError, type LogEntry } from "@somakit/core";
import { differences, isObject, shown } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";
import { describeValue } from "./describe.js";
import { type Fix, fixOf, type Step } from "./trace-fixes.js";
import { type Operation, type Outcome, Replay, type Trace } from "./trace-replay.js";

/** One check for the start of a trace and one for each of its operations, all of one replay. */
export function traceChecks(fixtures: Fixtures, path: string): readonly Check[] {
  const trace = fixtures.json(path) as Trace;
  let outcomes: Promise<readonly Outcome[]> | undefined;
  const replayed = (): Promise<readonly Outcome[]> => {
    outcomes ??= new Replay(fixtures, trace.class).run(trace);
    return outcomes;
  };
  const begin: Operation = { op: "start", result: trace.start.state, ...(trace.start.log && { log: trace.start.log }) };
  return [begin, ...trace.ops].map((op, at) => {
    const index = at - 1;
    const fix = fixOf({ trace, index, op });
    const quirk = op.quirk ?? fix.quirk;
    const name = [at === 0 ? "start" : `${index} ${op.op}`, op.key, quirk && `[${quirk}]`].filter(Boolean).join(" ");
    const run = async (): Promise<readonly Difference[]> => {
      const all = await replayed();
      const [start, ...outcomes] = all as [Outcome, ...Outcome[]];
      return judge({ trace, index, op, start, outcome: all[at] as Outcome, outcomes }, fix);
    };
    return { name, run };
  });
}

async function judge(step: Step, fix: Fix): Promise<readonly Difference[]> {
  const { op, outcome } = step;
  const recommended = op.recommended ?? {};
  if (fix.instead) return fix.instead(step);
  if (typeof recommended["error"] === "string") return refusalDifferences(op, outcome, recommended["error"]);
  const found = op.error ? errorDifferences(op, outcome) : await resultDifferences(step, fix);
  return [...found, ...logDifferences(op.log ?? [], outcome.log), ...((await fix.also?.(step)) ?? [])];
}

/** What the error of each of Python's classes is here. */
const CLASSES: Readonly<Record<string, (error: unknown) => boolean>> = {
  KeyError: (error) => hasCode(error, "unknown-key", "missing"),
  ValueError: (error) =>
    hasCode(error, "type", "dtype", "shape", "symbol", "range", "missing", "unwritable") || error instanceof RangeError,
  AssertionError: (error) => hasCode(error, "encoding", "shape", "type", "mismatch") || error instanceof RangeError,
  TypeError: (error) => error instanceof TypeError,
};

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return (error instanceof IssueError || error instanceof FormatError) && codes.includes(error.code);
}

/** An error of the class that upstream's stands for, which names the key. */
function errorDifferences({ error, key }: Operation, outcome: Outcome): readonly Difference[] {
  const { type, message } = error as NonNullable<Operation["error"]>;
  const fits = CLASSES[type]?.(outcome.error) === true;
  const text = outcome.error instanceof Error ? outcome.error.message : "";
  if (fits && text.includes(key ?? "")) return [];
  return [{ path: "", expected: `${type} ${message} with ${key ?? "a cause"}`, found: errorText(outcome) }];
}

function refusalDifferences({ key }: Operation, outcome: Outcome, wanted: string): readonly Difference[] {
  const text = outcome.error instanceof Error ? outcome.error.message : "";
  const numbers = key === undefined ? [] : (wanted.replace(key, "").match(/\b\d+\b/g) ?? []);
  const says = outcome.error instanceof IssueError && text.includes(key ?? "locked");
  const counts = numbers.every((number) => text.includes(number) || text.includes("(N, "));
  return says && counts ? [] : [{ path: "", expected: wanted, found: errorText(outcome) }];
}

function errorText({ error, result }: Outcome): string {
  return error === undefined ? shown(result) : String(error);
}

type State = Readonly<Record<string, unknown>> & {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly order: readonly string[];
  readonly items: Readonly<Record<string, unknown>>;
};

async function resultDifferences(step: Step, fix: Fix): Promise<readonly Difference[]> {
  const { op, outcome } = step;
  if (outcome.error !== undefined) return [{ path: "", expected: shown(op.result), found: errorText(outcome) }];
  if (!isState(op.result) || !isState(outcome.result))
    return differences(op.result, outcome.result, "", { scalars: "plain" });
  return stateDifferences(step, fix, op.result, outcome.result);
}

function isState(value: unknown): value is State {
  return isObject(value) && isObject(value["attributes"]) && isObject(value["items"]);
}

async function stateDifferences(step: Step, fix: Fix, expected: State, found: State): Promise<readonly Difference[]> {
  const { attributes = {}, items = {} } = (step.op.recommended ?? {}) as Partial<State>;
  const fixed = new Set([...Object.keys(items), ...Object.keys(fix.items ?? {})]);
  const out = [
    ...differences({ ...expected.attributes, ...attributes, ...fix.attributes }, found.attributes, "attributes"),
    ...orderDifferences(step, expected, found),
    ...differences(without(expected.items, fixed), without(found.items, fixed), "", { scalars: "plain", order: false }),
    ...differences(expected["padded"] ?? {}, found["padded"] ?? {}, "padded", { order: false }),
  ];
  for (const key of fixed) {
    const look = fix.items?.[key];
    out.push(...(look ? await look(step) : await itemDifferences(step, key, items[key])));
  }
  return out;
}

/** What `recommended` says of one item: rows of numbers, or the value itself. */
async function itemDifferences({ outcome }: Step, key: string, wanted: unknown): Promise<readonly Difference[]> {
  const value = outcome.made?.getRaw(key);
  if (isObject(wanted) && Array.isArray(wanted["values"])) {
    const rows: unknown = JSON.parse(JSON.stringify(value));
    return differences(wanted["values"], rows, key);
  }
  return differences(wanted, await describeValue(value), key, { scalars: "plain" });
}

/** Joined dicts have the keys of the first, then those of the second; upstream's order is a matter of chance (Q58). */
function orderDifferences({ op, outcome }: Step, expected: State, found: State): readonly Difference[] {
  if (op.op !== "concatenate") {
    const unordered = expected["orderIsUnspecified"] === true;
    const [wanted, order] = [expected.order, found.order].map((keys) => (unordered ? [...keys].sort() : keys));
    return differences(wanted, order, "order");
  }
  const first = [...outcome.dict.keys()];
  const stem = (key: string): string => (first.includes(key) ? key : key.replace(/_\d+$/, ""));
  const places = found.order.map((key) => first.indexOf(stem(key))).map((at) => (at < 0 ? first.length : at));
  const sorted = places.every((place, index) => index === 0 || place >= (places[index - 1] as number));
  return [
    ...differences([...expected.order].sort(), [...found.order].sort(), "order"),
    ...(sorted ? [] : [{ path: "order", expected: `as ${first.join(", ")}`, found: found.order.join(", ") }]),
  ];
}

function without(
  items: Readonly<Record<string, unknown>>,
  keys: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(items).filter(([key]) => !keys.has(key)));
}

/** Upstream's lines in its words and order. Remarks on values that upstream does not look at are ours alone. */
export function logDifferences(expected: readonly unknown[], log: readonly LogEntry[]): readonly Difference[] {
  const lines = log
    .filter(({ level, issue }) => level === "error" || (level === "warning" && !issue))
    .map(({ level, message }) => ({ level: level.toUpperCase(), msg: message }));
  return differences(expected, lines, "log");
}
