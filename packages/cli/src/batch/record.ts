import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { JournalStore } from "@somakit/core";
import { Journal } from "@somakit/core/jobs";
import { openJournal } from "../journal.js";
import type { Verb, VerbInput } from "../verbs/verb.js";
import type { BatchItem } from "./plan.js";

/** What the journal of a batch has of one file that is done. */
interface Done {
  /** The file, absolute, or its address. */
  readonly file: string;
  readonly state: string;
  readonly targets: readonly string[];
  /** Null where no file had to be made. */
  readonly made: string | null;
  readonly work: string;
}

/** Options that have no part in what becomes of a file. */
const IDLE = ["output", "force", "resume", "jobs", "failFast", "dryRun"];

/**
 * What a batch has done, in a journal beside the folder that it writes to. A file counts as done while it is as it was (by its
 * size and time; a folder by those of its files), what was made of it is as it was made, and the same is asked for.
 */
export class BatchRecord {
  readonly #store: JournalStore;
  readonly #journal: Journal;
  readonly #done: ReadonlyMap<string, Done>;
  readonly #work: string;

  private constructor(store: JournalStore, journal: Journal, work: string) {
    this.#store = store;
    this.#journal = journal;
    this.#work = work;
    const entries = journal.entries.map(({ head }) => head as Done);
    this.#done = new Map(entries.map((entry) => [entry.file, entry]));
  }

  /** Throws `UsageError` for a journal that is neither to be used nor to be thrown away. */
  static async open(folder: string, verb: Verb, { arguments: [, ...rest], options }: VerbInput): Promise<BatchRecord> {
    const [resume, force] = [options["resume"] === true, options["force"] === true];
    const store = await openJournal(`${folder.replace(/(?<=.)[\\/]+$/, "")}.journal`, { resume, force });
    try {
      const journal = await Journal.open(store, { kind: "batch/2" });
      const asked = Object.entries(options).filter(([name, value]) => value !== undefined && !IDLE.includes(name));
      const work = JSON.stringify([verb.name, rest, asked.sort(([a], [b]) => (a < b ? -1 : 1))]);
      return new BatchRecord(store, journal, createHash("sha256").update(work).digest("hex"));
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** `done` needs no work, `stale` was made by an earlier run and may be replaced, `new` is neither. */
  async stateOf({ file, targets }: BatchItem): Promise<"done" | "stale" | "new"> {
    const known = this.#done.get(keyOf(file));
    if (!known || !targets || !sameTexts(known.targets, targets.map(absolute))) return "new";
    if (known.made !== (await fingerprints(targets))) return "new";
    return known.work === this.#work && known.state === (await stateOfInput(file)) ? "done" : "stale";
  }

  /** To be called when the work begins: what a file becomes meanwhile is not known to be done. */
  async begin({ file }: BatchItem): Promise<string | null> {
    return stateOfInput(file);
  }

  async add({ file, targets }: BatchItem, state: string | null): Promise<void> {
    if (!targets || state === null) return;
    const made = await fingerprints(targets);
    const [key, paths] = [keyOf(file), targets.map(absolute)];
    // A file that was replaced by what is made of it is done as it is now.
    const done: Done = {
      file: key,
      state: paths.length === 1 && key === paths[0] && made !== null ? made : state,
      targets: paths,
      made,
      work: this.#work,
    };
    await this.#journal.append(done, new Uint8Array(0));
  }

  /** Removes the journal when all is done, or nothing; gives whether it is kept. */
  async close({ complete }: { readonly complete: boolean }): Promise<boolean> {
    const kept = !complete && this.#journal.entries.length > 0;
    await (kept ? this.#store.close() : this.#store.remove());
    return kept;
  }
}

const isUrl = (file: string): boolean => /^https?:\/\//i.test(file);

function keyOf(file: string): string {
  return isUrl(file) ? file : resolve(file);
}

/** Of what an address holds nothing is known without asking for it; it is taken to stay. */
async function stateOfInput(file: string): Promise<string | null> {
  return isUrl(file) ? "" : fingerprint(file);
}

const absolute = (path: string): string => resolve(path);

function sameTexts(these: readonly string[], those: readonly string[]): boolean {
  return these.length === those.length && these.every((text, index) => text === those[index]);
}

/** The same of several files; null where one is missing, or has not been made. */
async function fingerprints(paths: readonly string[]): Promise<string | null> {
  const found = await Promise.all(paths.map(fingerprint));
  return found.includes(null) ? null : found.join("\n");
}

/** Size and time of a file, or of all files below a folder; null where there is none. */
async function fingerprint(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return null;
  if (!found.isDirectory()) return `${found.size} ${found.mtimeMs}`;
  const names = (await readdir(path, { recursive: true })).sort();
  const hash = createHash("sha256");
  for (const name of names) {
    const entry = await stat(join(path, name)).catch(() => undefined);
    if (entry?.isFile()) hash.update(`${name}\0${entry.size} ${entry.mtimeMs}\n`);
  }
  return hash.digest("hex");
}
