import type { Source, WorkOptions } from "../../../source/source.js";
import type { Value } from "../../../value/value.js";
import { plainBytes } from "./blob.js";
import { checkHead } from "./detect.js";
import { Feeder, type FeederOptions } from "./feeder.js";
import { Input, type InputOptions } from "./input.js";
import { Machine, type MachineOptions, type TextMode } from "./machine.js";
import { KeptPayloads, LeftPayloads, type Payloads, WholePayloads } from "./payloads.js";
import { result, run } from "./run.js";
import { afterFailure, type Recover } from "./unfinished.js";

export interface ReadPickleOptions extends InputOptions {
  /** Python classes, as `module.Name`, to be read as records (`Instance`). None of their code runs. */
  readonly classes?: readonly string[] | undefined;
  /** How the 8-bit strings of Python 2 become text. Default `latin1`. */
  readonly text?: TextMode | undefined;
  /** The buffers of a protocol 5 pickle that was written with `buffer_callback`, in their order. */
  readonly buffers?: readonly Uint8Array[] | undefined;
  /**
   * What is done with a stream that was cut off. By default that is an error. `true`, or a function that is given the
   * error: the result is what was complete, that is the longest list that was being read, with its complete items, in the
   * dicts and lists around it, which have what stands before it. An error all the same when there is no such list.
   */
  readonly recover?: Recover | undefined;
}

/**
 * The object in a pickle that is in memory. Nothing in it is executed: names that data does not need are refused.
 * Arrays and bytes are views of `bytes`. Bytes after the pickle's end are ignored.
 *
 * Throws `FormatError`: `truncated`, `not-this-format`, `corrupt`, `unsupported`, `refused` for names that are not
 * allowed, or `limit`. Offsets count from `baseOffset`.
 */
export function readPickle(bytes: Uint8Array, options: ReadPickleOptions = {}): Value {
  return runWhole(bytes, options, false);
}

/** What the bytes given hold; in `lazy` reading arrays are not looked at. */
function runWhole(given: Uint8Array, options: ReadPickleOptions, lazy: boolean): Value {
  const bytes = plainBytes(given);
  checkHead(bytes.subarray(0, 64), options.path);
  const input = new Input(bytes.byteLength, options);
  input.move(bytes, 0, bytes.byteLength, 0);
  const machine = new Machine(input, new WholePayloads(!lazy), { ...options, lazy });
  try {
    const wanted = run(machine);
    if (wanted) throw new Error(`the whole stream is there, yet ${wanted.kind} is wanted`);
    return result(machine);
  } catch (error) {
    return afterFailure(machine, error, options.recover);
  }
}

export interface ReadPickleFromOptions extends ReadPickleOptions, WorkOptions {
  /** How many bytes are read at a time. */
  readonly chunkBytes?: number | undefined;
}

const KEPT_CHUNK = 1 << 24;
const LEFT_CHUNK = 1 << 22;
/** Payloads above this size get memory of their own. */
const NEAR = 1 << 20;

/**
 * The object in a pickle, read from any source and then independent of it: everything is in memory, except that arrays
 * and bytes are views of a source that is in memory itself. Otherwise like {@link readPickle}; rejects with the signal's
 * reason when aborted.
 */
export async function readPickleFrom(source: Source, options: ReadPickleFromOptions = {}): Promise<Value> {
  if (source.view) return readPickle(source.view(0, source.byteLength), options);
  const chunk = options.chunkBytes ?? KEPT_CHUNK;
  const payloads = new KeptPayloads(Math.min(NEAR, chunk));
  return runFrom(source, payloads, { ...options, chunk, ahead: 2, holds: (window) => payloads.holds(window) });
}

/** What a source holds, with arrays and large bytes left in it: `LazyArray`s and `Blob`s stand for them. */
export async function scan(source: Source, options: ReadPickleFromOptions): Promise<Value> {
  if (source.view) return runWhole(source.view(0, source.byteLength), options, true);
  const chunk = options.chunkBytes ?? LEFT_CHUNK;
  const payloads = new LeftPayloads(Math.min(NEAR, chunk));
  return runFrom(source, payloads, { ...options, chunk, ahead: 2, holds: () => false, lazy: true });
}

async function runFrom(
  source: Source,
  payloads: Payloads,
  options: ReadPickleFromOptions & FeederOptions & MachineOptions,
): Promise<Value> {
  const input = new Input(source.byteLength, options);
  const feeder = new Feeder(source, input, payloads.near, options);
  try {
    checkHead(await feeder.head(), options.path);
    const machine = new Machine(input, payloads, options);
    try {
      await feeder.drive(machine);
      return result(machine);
    } catch (error) {
      return afterFailure(machine, error, options.recover);
    }
  } finally {
    await feeder.settle();
    // What is read lazily keeps its input, for the sake of messages: it need not keep a window.
    input.move(new Uint8Array(0), source.byteLength, 0, source.byteLength);
  }
}
