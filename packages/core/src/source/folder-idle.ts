import type { Folder, ReadOptions, Source } from "./source.js";

/**
 * A file of a folder that is open only while somebody reads it: of thousands of files, a process may hold few open. Sources
 * that need not be closed are handed out as they are.
 */
export async function idleFile(folder: Folder, path: string, options: ReadOptions = {}): Promise<Source> {
  const first = await folder.open(path, options);
  if (!first.close) return first;
  const { byteLength, name, pieceSize } = first;
  let opened: Promise<Source> | undefined = Promise.resolve(first);
  let users = 0;
  const close = async (): Promise<void> => {
    const idle = opened;
    opened = undefined;
    await (await idle)?.close?.();
  };
  const use = async <T>(work: (source: Source) => Promise<T>): Promise<T> => {
    users++;
    opened ??= folder.open(path);
    try {
      return await work(await opened);
    } finally {
      users--;
      if (users === 0) await close();
    }
  };
  return {
    byteLength,
    name,
    ...(pieceSize !== undefined && { pieceSize }),
    read: (start, end, work) => use((source) => source.read(start, end, work)),
    close,
  };
}
