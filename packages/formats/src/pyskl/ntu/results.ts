import type { JournalEntry, JournalStore, ReadOptions } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { Journal } from "@somakit/core/jobs";
import type { StoredClip } from "./job.js";
import { POSE } from "./tracks.js";

/** A clip that is done. */
export interface ClipResult {
  readonly persons: 0 | 1 | 2;
  readonly frames: number;
  /** Bytes of its keypoints, float16. */
  keypoint(options?: ReadOptions): Promise<Uint8Array>;
}

/** Where clips that are done are kept. */
export interface ClipResults {
  /** The result of an earlier run for a file of `byteLength` bytes. */
  find(name: string, byteLength: number): ClipResult | undefined;
  put(name: string, byteLength: number, clip: StoredClip): Promise<ClipResult>;
}

/** Keeps them in memory. */
export const memoryResults: ClipResults = {
  find: () => undefined,
  put: async (_name, _byteLength, { persons, frames, keypoint }) => ({
    persons,
    frames,
    keypoint: async () => bytesOf(keypoint),
  }),
};

/** Changes when clips are preprocessed in another way. */
const KIND = "pyskl-ntu-clips/1";

/** Keeps them in a journal, and finds there what earlier runs have done. Rejects with what `Journal.open` does. */
export async function journalResults(store: JournalStore, options: ReadOptions): Promise<ClipResults> {
  const journal = await Journal.open(store, { kind: KIND, signal: options.signal });
  const found = new Map<string, JournalEntry>();
  for (const entry of journal.entries) found.set(headOf(entry).name, entry);
  return {
    find(name, byteLength) {
      const entry = found.get(name);
      return entry && headOf(entry).size === byteLength ? resultOf(entry) : undefined;
    },
    async put(name, size, { persons, frames, keypoint }) {
      const head: ClipHead = { name, size, persons, frames };
      return resultOf(await journal.append(head, bytesOf(keypoint)));
    },
  };
}

interface ClipHead {
  readonly name: string;
  /** Bytes of the file that it was made from. */
  readonly size: number;
  readonly persons: 0 | 1 | 2;
  readonly frames: number;
}

/** Throws `FormatError` `corrupt`. */
function headOf({ head, byteLength }: JournalEntry): ClipHead {
  const { name, size, persons, frames } = (head ?? {}) as Readonly<Partial<Record<keyof ClipHead, unknown>>>;
  const fits =
    typeof name === "string" &&
    typeof size === "number" &&
    (persons === 0 || persons === 1 || persons === 2) &&
    typeof frames === "number" &&
    2 * POSE * persons * frames === byteLength;
  if (!fits) throw new FormatError("corrupt", `the journal holds ${JSON.stringify(head)} with ${byteLength} bytes`);
  return { name, size, persons, frames };
}

function resultOf(entry: JournalEntry): ClipResult {
  const { persons, frames } = headOf(entry);
  return { persons, frames, keypoint: (options) => entry.read(options) };
}

function bytesOf(bits: Uint16Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength);
}
