import type { Folder, FormatError, Source, Threads, WorkOptions } from "@somakit/core";
import { isFormatError } from "@somakit/core/errors";
import { mapConcurrently } from "@somakit/core/source";
import { type ClipName, parseClipName } from "./clip-name.js";
import { type ClipDone, type ClipJob, preprocessClip, type StoredClip, storedClip } from "./job.js";
import { ntuMissing } from "./missing.js";
import type { ClipResult, ClipResults } from "./results.js";
import { isOfDataset, type NtuDatasetName } from "./splits.js";
import { readBodyTracks } from "./tracks.js";

export const ENDING = ".skeleton";

/** A file that is not in the result, and why. */
export interface SkippedClip {
  /** Its name in the folder. */
  readonly file: string;
  /**
   * - `missing-list`: it is listed as missing or incomplete
   * - `not-a-clip`: its name is not `SsssCcccPpppRrrrAaaa.skeleton`
   * - `no-body`: nobody is in it. (Upstream stores None in its place and leaves the name in the splits.)
   * - `failed`: it cannot be read, or nobody in it is a person: see `error`
   */
  readonly reason: "missing-list" | "not-a-clip" | "no-body" | "failed";
  readonly error?: FormatError | undefined;
}

export interface ClipOptions extends WorkOptions {
  readonly dataset: NtuDatasetName;
  /** Clips to be left out. Default: {@link ntuMissing}. */
  readonly missing?: ReadonlySet<string> | undefined;
  /** What to do about a clip that cannot be used. Default `throw`. */
  readonly failures?: "throw" | "skip" | undefined;
  /** Threads to work on; everything happens on the caller's own where there are none. */
  readonly threads?: Threads | undefined;
}

export interface DoneClip {
  readonly name: string;
  readonly result: ClipResult;
}

export interface DoneClips {
  /** Sorted by name. */
  readonly clips: readonly DoneClip[];
  readonly skipped: readonly SkippedClip[];
}

/** Files that are open beyond those that threads are at, so that no thread waits for one. */
const AHEAD = 2;
/** Larger files, which no honest one is, are read piece by piece. */
const MAX_WHOLE = 2 ** 26;

/** Preprocesses all clips of a data set that are in `folder`, but for those that `results` has. */
export async function doClips(folder: Folder, results: ClipResults, options: ClipOptions): Promise<DoneClips> {
  const { signal, threads } = options;
  const { names, skipped } = await listClips(folder, options);
  let done = 0;
  const report = (): void =>
    options.onProgress?.({ stage: "preprocess clips", done, total: names.length, unit: "clips" });
  report();
  const spare = new SpareMemory();
  const limit = AHEAD + (threads?.count ?? 0);
  let failure: { readonly index: number; readonly error: FormatError } | undefined;
  const each = async (
    name: string,
    index: number,
    stop: AbortSignal,
  ): Promise<ClipResult | SkippedClip | undefined> => {
    if (failure && index > failure.index) return undefined;
    const result = await doClip(folder, name, results, { ...options, signal: stop }, spare);
    if ("error" in result && result.error && options.failures !== "skip") {
      // Clips before this one may be under way and fail too: which error is thrown must not depend on who is faster.
      if (!failure || index < failure.index) failure = { index, error: result.error };
      return undefined;
    }
    done++;
    report();
    return result;
  };
  const found = await mapConcurrently(names, limit, each, { signal });
  if (failure) throw failure.error;
  const clips: DoneClip[] = [];
  for (const [index, result] of found.entries()) {
    if (!result) continue;
    if ("reason" in result) skipped.push(result);
    else clips.push({ name: names[index] as string, result });
  }
  return { clips, skipped: skipped.sort((a, b) => (a.file < b.file ? -1 : 1)) };
}

interface Listed {
  readonly names: readonly string[];
  readonly skipped: SkippedClip[];
}

/** Names of the clips of the data set. (Names of clips are ASCII: JavaScript sorts them as Python does.) */
async function listClips(folder: Folder, options: ClipOptions): Promise<Listed> {
  const { dataset, missing = ntuMissing, signal } = options;
  const names: string[] = [];
  const skipped: SkippedClip[] = [];
  for (const { name: file, kind } of await folder.list("", { signal })) {
    const clip: ClipName | undefined =
      kind === "file" && file.endsWith(ENDING) ? parseClipName(file.slice(0, -ENDING.length)) : undefined;
    if (!clip) skipped.push({ file, reason: "not-a-clip" });
    else if (!isOfDataset(clip, dataset)) continue;
    else if (missing.has(clip.name)) skipped.push({ file, reason: "missing-list" });
    else names.push(clip.name);
  }
  return { names: names.sort(), skipped };
}

async function doClip(
  folder: Folder,
  name: string,
  results: ClipResults,
  options: ClipOptions,
  spare: SpareMemory,
): Promise<ClipResult | SkippedClip> {
  const file = name + ENDING;
  try {
    const source = await folder.open(file, { signal: options.signal });
    try {
      const { byteLength } = source;
      const result =
        results.find(name, byteLength) ??
        (await results.put(name, byteLength, await preprocess(source, file, options, spare)));
      return result.persons === 0 ? { file, reason: "no-body" } : result;
    } finally {
      await source.close?.();
    }
  } catch (error) {
    if (!isFormatError(error)) throw error;
    return { file, reason: "failed", error };
  }
}

async function preprocess(source: Source, name: string, options: ClipOptions, spare: SpareMemory): Promise<StoredClip> {
  const { signal, threads } = options;
  const { byteLength } = source;
  if (byteLength > MAX_WHOLE) return storedClip(await readBodyTracks(source, { signal, name }), name);
  // A copy even of what is in memory: it goes to the thread, and others may use it.
  const text = await read(source, spare.take(byteLength), signal);
  const job: ClipJob = { name, text };
  const { clip, memory } = threads ? await onThread(job, threads, signal) : preprocessClip(job).output;
  spare.give(memory);
  return clip;
}

async function onThread(input: ClipJob, threads: Threads, signal: AbortSignal | undefined): Promise<ClipDone> {
  const module = new URL("./job.js", import.meta.url);
  const task = { module, name: preprocessClip.name, input, transfer: [input.text.buffer] };
  return (await threads.run(task, { signal })) as ClipDone;
}

/** Fills `target` with the start of `source`. */
async function read(
  source: Source,
  target: Uint8Array<ArrayBuffer>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  if (source.readInto) await source.readInto(target, 0, { signal });
  else target.set(await source.read(0, target.byteLength, { signal }));
  return target;
}

/** Memory for texts, to be used again: new memory for each file costs as much as some of the work on it. */
class SpareMemory {
  readonly #blocks: ArrayBuffer[] = [];

  /** `byteLength` bytes, with anything in them. */
  take(byteLength: number): Uint8Array<ArrayBuffer> {
    const block = this.#blocks.pop();
    return block && block.byteLength >= byteLength
      ? new Uint8Array(block, 0, byteLength)
      : new Uint8Array(new ArrayBuffer(byteLength + (byteLength >> 2)), 0, byteLength);
  }

  give(block: ArrayBuffer): void {
    this.#blocks.push(block);
  }
}
