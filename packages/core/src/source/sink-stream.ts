import type { Sink } from "./source.js";

/** Writes to a stream: `commit` closes it, `abort` aborts it. What became visible before that is the stream's affair. */
export function streamSink(stream: WritableStream<Uint8Array>, name = ""): Sink {
  const writer = stream.getWriter();
  return {
    name,
    async append(bytes) {
      // A stream may hold on to what it is given; the caller may reuse it.
      await writer.write(new Uint8Array(bytes));
    },
    commit: () => writer.close(),
    async abort() {
      await writer.abort(new Error("writing was given up")).catch(() => undefined);
    },
  };
}

/** Writes to a file that the user picked; browsers put the new content in place when the sink is committed. */
export async function fileHandleSink(handle: FileSystemFileHandle): Promise<Sink> {
  const stream = await handle.createWritable();
  return streamSink(stream as WritableStream<Uint8Array>, handle.name);
}
