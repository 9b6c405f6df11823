import { crc32 } from "#platform";
import { FormatError } from "../errors.js";
import type { ReadOptions } from "../source/source.js";
import type { JournalStore } from "./store.js";

/** One result that was kept. */
export interface JournalEntry {
  /** What it says about itself, as JSON gives it back. Who reads it checks it. */
  readonly head: unknown;
  /** Bytes of {@link JournalEntry.read}. */
  readonly byteLength: number;
  read(options?: ReadOptions): Promise<Uint8Array>;
}

export interface OpenJournalOptions extends ReadOptions {
  /** What its entries are, with a version: `ntu-clips/1`. A journal of another kind is refused. */
  readonly kind: string;
}

const MAGIC = new TextEncoder().encode("somakit journal 1\n");
/** Lengths of head and body and the CRC-32 of both, little-endian. */
const PREFIX = 12;
const MAX_HEAD = 1 << 20;
const PIECE = 1 << 20;

/**
 * Finished parts of long work, kept so that work that was interrupted goes on where it stopped. Entries are checksummed:
 * what a crash left half-written at the end is found and cut off when the journal is opened again.
 */
export class Journal {
  readonly #store: JournalStore;
  readonly #entries: JournalEntry[];
  #last: Promise<unknown> = Promise.resolve();

  private constructor(store: JournalStore, entries: JournalEntry[]) {
    this.#store = store;
    this.#entries = entries;
  }

  /**
   * Reads what there is in `store`, all of it once. Rejects with `FormatError`: `not-this-format` for content that is no
   * journal, which stays as it is; `mismatch` for a journal of another kind.
   */
  static async open(store: JournalStore, options: OpenJournalOptions): Promise<Journal> {
    const start = store.byteLength === 0 ? 0 : await checkMagic(store, options);
    const found: JournalEntry[] = [];
    let end = start;
    for (let at = start; at > 0; ) {
      const record = await scan(store, at, options);
      if (!record) break;
      found.push(record.entry);
      at = record.end;
      end = at;
    }
    const first = found.shift();
    if (first && kindOf(first.head) !== options.kind) {
      const reason = `${store.name} is a journal of ${String(kindOf(first.head))}, not of ${options.kind}`;
      throw new FormatError("mismatch", reason);
    }
    if (end < store.byteLength) await store.truncate(end);
    const journal = new Journal(store, found);
    if (store.byteLength === 0) await store.append(MAGIC);
    if (!first) await journal.#append({ kind: options.kind }, new Uint8Array(0));
    return journal;
  }

  /** In the order in which they were appended. */
  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** Keeps `bytes` with what JSON makes of `head`. Calls may overlap; a failed one leaves nothing behind. */
  append(head: unknown, bytes: Uint8Array): Promise<JournalEntry> {
    const appended = this.#last.then(() => this.#append(head, bytes));
    this.#last = appended.catch(() => undefined);
    return appended.then((entry) => {
      this.#entries.push(entry);
      return entry;
    });
  }

  async #append(head: unknown, bytes: Uint8Array): Promise<JournalEntry> {
    const text = new TextEncoder().encode(JSON.stringify(head));
    if (text.byteLength > MAX_HEAD) throw new RangeError("the head of an entry is for what describes it");
    const start = this.#store.byteLength;
    const record = new Uint8Array(PREFIX + text.byteLength + bytes.byteLength);
    const view = new DataView(record.buffer);
    view.setUint32(0, text.byteLength, true);
    view.setUint32(4, bytes.byteLength, true);
    record.set(text, PREFIX);
    record.set(bytes, PREFIX + text.byteLength);
    view.setUint32(8, crc32(record.subarray(PREFIX)), true);
    try {
      await this.#store.append(record);
    } catch (error) {
      await this.#store.truncate(start).catch(() => undefined);
      throw error;
    }
    return entryAt(this.#store, JSON.parse(JSON.stringify(head)), start + PREFIX + text.byteLength, bytes.byteLength);
  }
}

function entryAt(store: JournalStore, head: unknown, start: number, byteLength: number): JournalEntry {
  return { head, byteLength, read: (options) => store.read(start, start + byteLength, options) };
}

function kindOf(head: unknown): unknown {
  return typeof head === "object" && head !== null && "kind" in head ? head.kind : undefined;
}

/** Where records begin; 0 when not even the first line was written in full. */
async function checkMagic(store: JournalStore, options: ReadOptions): Promise<number> {
  const start = await store.read(0, Math.min(MAGIC.byteLength, store.byteLength), options);
  if (start.some((byte, index) => byte !== MAGIC[index]))
    throw new FormatError("not-this-format", `${store.name} is there already and is no journal`);
  return start.byteLength < MAGIC.byteLength ? 0 : MAGIC.byteLength;
}

/** The record at `at`; undefined where there is none that was written in full. */
async function scan(
  store: JournalStore,
  at: number,
  options: ReadOptions,
): Promise<{ readonly entry: JournalEntry; readonly end: number } | undefined> {
  if (at + PREFIX > store.byteLength) return undefined;
  const prefix = await store.read(at, at + PREFIX, options);
  const view = new DataView(prefix.buffer, prefix.byteOffset, PREFIX);
  const [headLength, bodyLength, stated] = [0, 4, 8].map((place) => view.getUint32(place, true)) as [
    number,
    number,
    number,
  ];
  const body = at + PREFIX + headLength;
  const end = body + bodyLength;
  if (headLength > MAX_HEAD || end > store.byteLength) return undefined;
  const text = await store.read(at + PREFIX, body, options);
  let crc = crc32(text);
  for (let from = body; from < end; from += PIECE)
    crc = crc32(await store.read(from, Math.min(end, from + PIECE), options), crc);
  if (crc !== stated) return undefined;
  return { entry: entryAt(store, parseHead(store, text, at), body, bodyLength), end };
}

function parseHead(store: JournalStore, text: Uint8Array, offset: number): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch (cause) {
    throw new FormatError("corrupt", `${store.name}: the head of an entry is no JSON`, { offset, cause });
  }
}
