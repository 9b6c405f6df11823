import type { Progress } from "@somakit/core";
import type { ExitCode } from "../failure.js";
import type { VerbInput } from "../verbs/verb.js";
import type { PrinterLooks, Said } from "./said.js";

/** The argument by which the command becomes a process that works for another one. */
export const WORKER_ARGUMENT = "--work-for-another";

/** What a working process is told: first what the work is, then file by file. */
export type ToWorker =
  | { readonly kind: "begin"; readonly verb: string; readonly looks: PrinterLooks; readonly progress: boolean }
  | { readonly kind: "file"; readonly input: VerbInput };

export type FromWorker =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "done"; readonly exit: ExitCode; readonly said: readonly Said[] };
