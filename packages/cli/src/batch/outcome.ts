import type { ExitCode } from "../failure.js";
import type { Said } from "./said.js";

/** What became of one file. */
export interface Outcome {
  readonly exit: ExitCode;
  /** What is still to be printed of it. */
  readonly said: readonly Said[];
}
