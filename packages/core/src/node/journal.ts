import { open, unlink } from "node:fs/promises";
import type { JournalStore } from "../journal/store.js";
import { checkBounds, truncated } from "../source/bounds.js";

/**
 * A journal in a file, beside what is being made as a rule; made where there is none. Rejects with Node's own errors.
 * {@link JournalStore.remove} deletes the file when the work is done.
 */
export async function fileJournalStore(path: string): Promise<JournalStore> {
  const handle = await open(path, "a+");
  let byteLength = (await handle.stat()).size;
  return {
    name: path,
    get byteLength() {
      return byteLength;
    },
    async read(start, end, options = {}) {
      options.signal?.throwIfAborted();
      const source = { byteLength, name: path };
      checkBounds(source, start, end);
      const bytes = new Uint8Array(end - start);
      for (let done = 0; done < bytes.byteLength; ) {
        const { bytesRead } = await handle.read(bytes, done, bytes.byteLength - done, start + done);
        if (bytesRead === 0) throw truncated(source, end, start + done);
        done += bytesRead;
      }
      return bytes;
    },
    async append(bytes) {
      for (let done = 0; done < bytes.byteLength; ) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done);
        done += bytesWritten;
        byteLength += bytesWritten;
      }
    },
    async truncate(length) {
      await handle.truncate(length);
      byteLength = length;
    },
    close: () => handle.close(),
    async remove() {
      await handle.close();
      await unlink(path);
    },
  };
}
