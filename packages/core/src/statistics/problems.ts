import { FormatError } from "../errors.js";
import type { StatisticsProblem } from "./tallies.js";

const MOST_LISTED = 100;

/** What could not be read, the first of them by name. */
export class Problems {
  readonly listed: StatisticsProblem[] = [];
  count = 0;

  /** Notes what kept a value at `path` from being read; the error's own path is more exact where it has one. */
  add({ reason, path: own }: FormatError, path: string): void {
    this.count++;
    if (this.listed.length < MOST_LISTED) this.listed.push({ path: own === "" ? path : own, message: reason });
  }

  /** Takes those that others noted. */
  take({
    problems,
    problemCount,
  }: {
    readonly problems: readonly StatisticsProblem[];
    readonly problemCount: number;
  }): void {
    this.listed.push(...problems.slice(0, MOST_LISTED - this.listed.length));
    this.count += problemCount;
  }

  /** Does work of which damage is only noted. */
  async noting(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.add(error, path);
    }
  }
}
