import { checkFile, type Issue, isFormatError, readWith } from "@somakit/core";
import type { Check, Difference } from "../../system.js";
import type { Opener } from "./open.js";

/** What reading a bad file came to. */
interface Verdict {
  /** Errors thrown by reading all of it, and issues that say the same. */
  readonly unreadable: readonly { readonly code: string; readonly text: string }[];
  readonly issues: readonly Issue[];
}

/** A bad file must be refused by its stage, and what is said must name what is wrong. */
export function badChecks(open: Opener, expected: Readonly<Record<string, unknown>>): readonly Check[] {
  const error = String(expected["error"]);
  const stage = String(expected["stage"]);
  const optional = expected["optional"] === true;
  const severity = expected["severity"] === "warning" ? "warning" : "error";
  return [
    {
      name: `bad ${stage}`,
      run: async () => {
        const verdict = await examine(open);
        if (optional && verdict.unreadable.length === 0 && errorsOf(verdict).length === 0) return [];
        if (stage === "validate" || severity === "warning") return validateDifferences(error, severity, verdict);
        if (stage === "load") return loadDifferences(error, verdict);
        return readDifferences(error, verdict);
      },
    },
  ];
}

/** Checks all values, then reads all values. */
async function examine(open: Opener): Promise<Verdict> {
  const unreadable: { code: string; text: string }[] = [];
  let issues: readonly Issue[] = [];
  const source = await open.source();
  try {
    const attempt = async (work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        if (!isFormatError(error)) throw error;
        unreadable.push({ code: error.code, text: error.message });
      }
    };
    await attempt(async () => {
      issues = await checkFile(await open.open(source), { depth: "values" });
    });
    await attempt(async () => readWith(await open.layout(), source));
  } finally {
    await source.close?.();
  }
  for (const { code, path, message, actual } of issues) {
    if (code === "unreadable") unreadable.push({ code: actual ?? code, text: `${path}: ${message}` });
  }
  return { unreadable, issues };
}

function errorsOf({ issues }: Verdict): readonly Issue[] {
  return issues.filter(({ severity }) => severity === "error");
}

/** The bytes are wrong: reading fails with a code, and names the entry and whatever else the expected text names. */
function readDifferences(error: string, { unreadable, issues }: Verdict): readonly Difference[] {
  if (unreadable.length === 0) return [missing(error, issues)];
  const entry = /^entry (\S+?)(?:\.npy)?:/.exec(error)?.[1];
  const object = /(?:names|class) ((?:\w+\.)+\w+)/.exec(error)?.[1];
  const said = unreadable.map(({ text }) => text).join("\n");
  return [entry, object]
    .filter((name): name is string => name !== undefined && !said.includes(name))
    .map((name) => ({ path: "", expected: `an error that names ${name}`, found: said }));
}

/** The values do not fit: reading fails, or a check finds an error. */
function loadDifferences(error: string, verdict: Verdict): readonly Difference[] {
  return verdict.unreadable.length > 0 || errorsOf(verdict).length > 0 ? [] : [missing(error, verdict.issues)];
}

/** The file can be read, and a check finds an issue of that severity at a key that the expected text names. */
function validateDifferences(error: string, severity: "error" | "warning", { issues }: Verdict): readonly Difference[] {
  const keys = [...error.matchAll(/[\w$]+(?:\.[\w$]+)*/g)].map(([word]) => word);
  const named = ({ path, message }: Issue): boolean =>
    keys.some((key) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`)) ||
    keys.some((key) => key.includes("_") && message.includes(key));
  const fitting = issues.filter((issue) => issue.severity === severity && named(issue));
  if (fitting.length === 0) return [missing(error, issues)];
  const refused = severity === "warning" ? issues.filter((issue) => issue.severity === "error") : [];
  return refused.map(({ path, message }) => ({ path, expected: "a warning only", found: message }));
}

function missing(error: string, issues: readonly Issue[]): Difference {
  const found =
    issues.length === 0
      ? "no issues"
      : issues.map(({ severity, path, message }) => `${severity} ${path}: ${message}`).join("; ");
  return { path: "", expected: error, found };
}
