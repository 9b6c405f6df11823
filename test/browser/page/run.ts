import type { Result } from "../protocol.js";
import { type BrowserCheck, errorText, Unavailable } from "./check.js";

/** How long one check may take, in milliseconds. */
const PATIENCE = 20_000;

/** Runs checks, one after the other: none disturbs another, and what they cost can be told apart. */
export async function runAll(checks: readonly BrowserCheck[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const { name, run } of checks) {
    const started = performance.now();
    try {
      const detail = await Promise.race([run(), tooLate()]);
      const took = `${Math.round(performance.now() - started)} ms`;
      results.push({ name, ok: true, detail: detail === "" ? took : `${detail}, ${took}` });
    } catch (error) {
      if (error instanceof Unavailable) results.push({ name, ok: true, skipped: true, detail: error.message });
      else results.push({ name, ok: false, detail: errorText(error) });
    }
  }
  return results;
}

function tooLate(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(`not done after ${PATIENCE} ms`)), PATIENCE));
}
