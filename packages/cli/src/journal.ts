import type { JournalStore } from "@somakit/core";
import { fileJournalStore } from "@somakit/core/node";
import { Annotated, UsageError } from "./failure.js";

export interface JournalUse {
  /** Go on with what is there. */
  readonly resume: boolean;
  /** Begin anew whatever is there. */
  readonly force: boolean;
}

/** The journal of work that can be interrupted. What an interrupted run left is neither used nor lost unless that is wanted. */
export async function openJournal(path: string, { resume, force }: JournalUse): Promise<JournalStore> {
  const journal = await fileJournalStore(path);
  if (resume || journal.byteLength === 0) return journal;
  if (force) {
    await journal.truncate(0);
    return journal;
  }
  await journal.close();
  const hint = "--resume goes on with it, --force begins anew";
  throw new Annotated(new UsageError("an interrupted run left it", hint), { file: path });
}
