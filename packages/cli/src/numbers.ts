import type { FrameRange } from "@somakit/core";
import { OptionError } from "./failure.js";

/** Python's `START:STOP[:STEP]`. Throws `OptionError`. */
export function parseRange(text: string): FrameRange {
  const match = /^\s*(-?\d+)?:(-?\d+)?(?::(-?\d+)?)?\s*$/.exec(text);
  const hint = "a range is START:STOP or START:STOP:STEP, as in Python: 0:100, 5:, :-1, ::2";
  if (!match) throw new OptionError(`cannot read the range ${JSON.stringify(text)}`, hint);
  const [start = null, stop = null, step = null] = match.slice(1).map((bound) => (bound ? integer(bound) : null));
  if (step === 0) throw new OptionError(`${text}: a step of 0 leads nowhere`, hint);
  return [start, stop, step];
}

/** Positions such as `3,5,-1`, counted from the end where they are negative. Throws `OptionError`. */
export function parseIndices(text: string): readonly number[] {
  const parts = text.split(",").map((part) => part.trim());
  if (parts.every((part) => /^-?\d+$/.test(part))) return parts.map(integer);
  throw new OptionError(`--indices ${text}: whole numbers separated by commas are needed`, "--indices 3,5,-1");
}

/** Counts or fractions such as `0.8,0.2`; whether they go together is not looked at. Throws `OptionError`. */
export function parseParts(text: string): readonly number[] {
  const parts = text.split(",").map((part) => part.trim());
  const hint = "--parts 0.8,0.2 for fractions, --parts 100,20 for counts";
  if (!parts.every((part) => /^(\d+|\d*\.\d+)$/.test(part)))
    throw new OptionError(`--parts ${text}: numbers separated by commas are needed`, hint);
  // As a number 1.0 is 1, which is a count.
  const whole = parts.find((part) => part.includes(".") && Number.isInteger(Number(part)));
  if (whole !== undefined) throw new OptionError(`--parts ${text}: ${whole} is no fraction`, hint);
  return parts.map(Number);
}

/** A seed of random numbers. Throws `OptionError`. */
export function parseSeed(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw new OptionError(`--seed ${text}: a whole number from 0 to ${Number.MAX_SAFE_INTEGER} is needed`);
}

function integer(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number;
  throw new OptionError(`${text} is out of bounds`);
}
