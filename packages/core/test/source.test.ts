import { describe, expect, it } from "vitest";
import { blobSource } from "../src/source/blob.js";
import { mapConcurrently } from "../src/source/concurrent.js";
import { handleFolder } from "../src/source/folder-handle.js";
import { memoryFolder } from "../src/source/folder-memory.js";
import { folderSteps } from "../src/source/folder-path.js";
import { isInput, toSource } from "../src/source/input.js";
import { memorySource } from "../src/source/memory.js";
import { readAhead } from "../src/source/read-ahead.js";
import { readThrough } from "../src/source/read-through.js";
import { section } from "../src/source/section.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { streamSink } from "../src/source/sink-stream.js";
import type { Source } from "../src/source/source.js";
import { urlSource } from "../src/source/url.js";
import { serve } from "./support-http.js";
import { countingSource, formatError, noise, text } from "./support-io.js";

const bytes = noise(200_000);

describe.each<[string, () => Promise<Source>]>([
  ["bytes", async () => memorySource(bytes)],
  ["an ArrayBuffer", async () => memorySource(bytes.slice().buffer)],
  ["a Blob", async () => blobSource(new Blob([bytes]))],
  ["a section of bytes", async () => section(memorySource(Buffer.concat([noise(10), bytes, noise(10)])), 10, 200_010)],
  ["a section of a Blob", async () => section(blobSource(new Blob([noise(10), bytes, noise(9)])), 10, 200_010)],
  ["a URL", async () => urlSource(await serve(bytes))],
  ["a URL without ranges", async () => urlSource(await serve(bytes, { ranges: false }))],
])("a source over %s", (_, make) => {
  it("gives any part", async () => {
    const source = await make();
    expect(source.byteLength).toBe(200_000);
    for (const [start, end] of [
      [0, 200_000],
      [0, 0],
      [200_000, 200_000],
      [70_000, 150_001],
      [5, 6],
    ] as const) {
      expect(Buffer.compare(await source.read(start, end), bytes.subarray(start, end))).toBe(0);
      if (source.view) expect(Buffer.compare(source.view(start, end), bytes.subarray(start, end))).toBe(0);
      if (source.readInto) {
        const target = new Uint8Array(end - start + 2);
        await source.readInto(target.subarray(1, -1), start);
        expect(Buffer.compare(target.subarray(1, -1), bytes.subarray(start, end))).toBe(0);
        expect([target.at(0), target.at(-1)]).toEqual([0, 0]);
      }
    }
  });

  it("refuses what is outside", async () => {
    const source = await make();
    const error = await formatError(() => source.read(199_999, 200_001), "truncated");
    expect(error.offset).toBe(200_000);
    await expect(source.read(2, 1)).rejects.toThrow(RangeError);
    await expect(source.read(-1, 1)).rejects.toThrow(RangeError);
    await expect(source.read(0.5, 1)).rejects.toThrow(RangeError);
  });

  it("stops when aborted", async () => {
    const source = await make();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(source.read(70_000, 150_000, { signal })).rejects.toThrow("enough");
  });
});

describe("sources in memory", () => {
  it("share the memory they are given, and give plain arrays", async () => {
    const source = memorySource(Buffer.from(bytes.buffer));
    const part = await source.read(1, 3);
    expect(part.buffer).toBe(bytes.buffer);
    expect(part.constructor).toBe(Uint8Array);
  });

  it("report a Blob that has become shorter", async () => {
    const blob = { size: 10, slice: () => new Blob(["abc"]) } as unknown as Blob;
    const error = await formatError(() => blobSource(blob, "x").read(0, 10), "truncated");
    expect(error.offset).toBe(3);
  });
});

describe("toSource", () => {
  it.each([
    ["a source", memorySource(bytes)],
    ["bytes", bytes],
    ["an ArrayBuffer", bytes.slice().buffer],
    ["a Blob", new Blob([bytes])],
  ])("takes %s", async (_, input) => {
    expect(isInput(input)).toBe(true);
    expect((await (await toSource(input)).read(0, 5)).byteLength).toBe(5);
  });

  it.each([
    ["a path", "file.npz"],
    ["null", null],
    ["a value", { byteLength: 3 }],
    ["a map", new Map()],
  ])("does not take %s", async (_, input) => {
    expect(isInput(input)).toBe(false);
    await expect(toSource(input as never)).rejects.toThrow(TypeError);
  });

  it("names the file that a File is", async () => {
    expect((await toSource(new File(["x"], "a.npz"))).name).toBe("a.npz");
  });
});

describe("reading through", () => {
  it("asks for one piece ahead, and for none after the caller has stopped", async () => {
    const source = { ...countingSource(bytes), pieceSize: 30_000 };
    const pieces: number[] = [];
    for await (const piece of readThrough(source, 10, 100_000)) pieces.push(piece.byteLength);
    expect(pieces).toEqual([30_000, 30_000, 30_000, 9_990]);
    source.reads.length = 0;
    for await (const _piece of readThrough(source, 0, 200_000)) break;
    expect(source.reads).toEqual([
      [0, 30_000],
      [30_000, 60_000],
    ]);
    for await (const _piece of readThrough(source, 5, 5)) throw new Error("nothing was asked for");
  });

  it("reports a failure where its piece is asked for", async () => {
    const source = memorySource(bytes);
    const seen: number[] = [];
    const broken = { byteLength: 2e6, name: "", read: source.read };
    await formatError(async () => {
      for await (const piece of readThrough({ ...broken, pieceSize: 150_000 }, 0, 300_000)) seen.push(piece.byteLength);
    }, "truncated");
    expect(seen).toEqual([150_000]);
  });
});

describe("reading ahead", () => {
  const bytes = noise(3_000_000);
  const lists = (target: Uint8Array) => [target.length, Buffer.compare(target, bytes.subarray(0, target.length))];

  it("joins small reads that go forward, and gives what the source has", async () => {
    const source = countingSource(bytes);
    const ahead = readAhead(source);
    for (let at = 0; at < 2_900_000; at += 30_011) {
      expect(Buffer.compare(await ahead.read(at, at + 9000), bytes.subarray(at, at + 9000))).toBe(0);
      const target = new Uint8Array(500);
      await ahead.readInto?.(target, at + 9100);
      expect(Buffer.compare(target, bytes.subarray(at + 9100, at + 9600))).toBe(0);
    }
    expect(source.reads.length).toBeLessThan(12);
    expect(lists(await ahead.read(0, 2_000_000))).toEqual([2_000_000, 0]);
  });

  it("reads alone what is large, goes backwards, or leaves much out", async () => {
    const source = countingSource(bytes);
    const ahead = readAhead(source);
    for (let at = 2_900_000; at > 0; at -= 100_000) await ahead.read(at, at + 100);
    for (let at = 0; at < 2_900_000; at += 300_000) await ahead.read(at, at + 100);
    expect(source.reads.every(([start, end]) => end - start === 100)).toBe(true);
  });

  it("serves many at once, and tries again after a failure", async () => {
    let failures = 1;
    const inner = countingSource(bytes);
    const source: Source = {
      ...inner,
      read: async (start, end, options) => {
        if (end - start > 1000 && failures-- > 0) throw new Error("lost");
        return inner.read(start, end, options);
      },
    };
    const ahead = readAhead(source);
    const read = (at: number) => ahead.read(at, at + 500);
    await read(0);
    await expect(Promise.all([read(500), read(1000), read(1500)])).rejects.toThrow("lost");
    const found = await Promise.all([2000, 2500, 3000].map(read));
    expect(Buffer.compare(Buffer.concat(found), bytes.subarray(2000, 3500))).toBe(0);
    await formatError(() => ahead.read(2_999_999, 3_000_001), "truncated");
    await expect(ahead.read(3500, 4000, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });
});

describe("mapConcurrently", () => {
  it("keeps the order and the limit", async () => {
    let running = 0;
    let most = 0;
    const results = await mapConcurrently([5, 1, 4, 2, 3], 2, async (item, index) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, item));
      running--;
      return [index, item];
    });
    expect(results).toEqual([
      [0, 5],
      [1, 1],
      [2, 4],
      [3, 2],
      [4, 3],
    ]);
    expect(most).toBe(2);
  });

  it("throws the first failure once all that run have ended", async () => {
    const ended: number[] = [];
    const work = mapConcurrently([1, 2, 3, 4], 2, async (item, _, signal) => {
      if (item === 1) throw new Error("first");
      await new Promise((resolve) => setTimeout(resolve, 10));
      ended.push(item);
      signal.throwIfAborted();
    });
    await expect(work).rejects.toThrow("first");
    expect(ended).toEqual([2]);
  });

  it("stops when aborted", async () => {
    const abort = new AbortController();
    let started = 0;
    const work = mapConcurrently(
      [1, 2, 3],
      1,
      async () => {
        started++;
        abort.abort(new Error("enough"));
      },
      { signal: abort.signal },
    );
    await expect(work).rejects.toThrow("enough");
    expect(started).toBe(1);
    await expect(mapConcurrently([], 4, async () => 1)).resolves.toEqual([]);
  });
});

describe("sinks in memory", () => {
  it("collect copies of what they are given", async () => {
    const sink = new MemorySink("x");
    const reused = new Uint8Array(3);
    for (let i = 0; i < 5; i++) await sink.append(reused.fill(i));
    const large = noise(3 << 20);
    await sink.append(large);
    await sink.append(text("end"));
    expect(() => sink.bytes()).toThrow("nothing was committed");
    await sink.commit();
    const expected = Buffer.concat([Buffer.from([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]), large, text("end")]);
    expect(Buffer.compare(Buffer.concat(sink.parts()), expected)).toBe(0);
    expect(Buffer.compare(sink.bytes(), expected)).toBe(0);
    expect([sink.byteLength, sink.name]).toEqual([expected.byteLength, "x"]);
    await expect(sink.append(reused)).rejects.toThrow("committed");
  });

  it("hold nothing once aborted", async () => {
    const sink = new MemorySink();
    await sink.append(text("abc"));
    await sink.abort();
    await sink.abort();
    expect(sink.byteLength).toBe(0);
    await expect(sink.commit()).rejects.toThrow("aborted");
  });
});

describe("sinks over streams", () => {
  it("pass copies on and close or abort the stream", async () => {
    const seen: unknown[] = [];
    const stream = (): WritableStream<Uint8Array> =>
      new WritableStream({
        write: (part) => void seen.push([...part]),
        close: () => void seen.push("closed"),
        abort: () => void seen.push("aborted"),
      });
    const sink = streamSink(stream(), "x");
    const reused = Uint8Array.of(1);
    await sink.append(reused);
    reused[0] = 2;
    await sink.append(reused);
    await sink.commit();
    await streamSink(stream()).abort();
    expect(seen).toEqual([[1], [2], "closed", "aborted"]);
  });
});

describe("folders", () => {
  const files = new Map([
    ["readme.txt", text("hello")],
    ["camera/left.png", text("left")],
    ["camera/deep/er.txt", text("deep")],
  ]);

  it("in memory list and open by path", async () => {
    const folder = memoryFolder(files, "data");
    expect(await folder.list("")).toEqual([
      { name: "camera", kind: "folder" },
      { name: "readme.txt", kind: "file", byteLength: 5 },
    ]);
    expect((await folder.list("camera")).map(({ name, kind }) => [name, kind])).toEqual([
      ["deep", "folder"],
      ["left.png", "file"],
    ]);
    expect(await (await folder.open("camera/left.png")).read(0, 4)).toEqual(text("left"));
    await formatError(() => folder.open("camera"), "missing");
    await formatError(() => folder.open("camera/right.png"), "missing");
    await formatError(() => folder.list("cam"), "missing");
  });

  it.each(["..", "a/../b", "/etc/passwd", "a//b", "a/", "./a", "C:/x", "a\\b", "a\0"])(
    "refuse the path %j",
    async (path) => {
      const error = await formatError(() => folderSteps(path), "refused");
      expect(error.path).toBe(path);
    },
  );

  it("of a browser list and open by path", async () => {
    const folder = handleFolder(fakeHandle("data", files));
    expect((await folder.list("")).map(({ name, kind }) => [name, kind])).toEqual([
      ["camera", "folder"],
      ["readme.txt", "file"],
    ]);
    expect(await (await folder.open("camera/deep/er.txt")).read(0, 4)).toEqual(text("deep"));
    await formatError(() => folder.open("camera/nothing"), "missing");
    await formatError(() => folder.open("camera"), "missing");
    await formatError(() => folder.list("readme.txt"), "missing");
    await formatError(() => folder.open(""), "missing");
    await formatError(() => folder.open("../x"), "refused");
  });
});

/** What a browser hands out for a picked folder, as far as it is used. */
function fakeHandle(name: string, files: ReadonlyMap<string, Uint8Array>): FileSystemDirectoryHandle {
  const children = new Map<string, Map<string, Uint8Array> | Uint8Array>();
  for (const [path, content] of files) {
    const [first = "", ...rest] = path.split("/");
    if (rest.length === 0) children.set(first, content);
    else
      children.set(
        first,
        new Map([...((children.get(first) as Map<string, Uint8Array>) ?? []), [rest.join("/"), content]]),
      );
  }
  const find = (key: string, folder: boolean): unknown => {
    const child = children.get(key);
    if (!child) throw new DOMException("no such entry", "NotFoundError");
    if (child instanceof Map !== folder) throw new DOMException("the other kind", "TypeMismatchError");
    return child instanceof Map
      ? fakeHandle(key, child)
      : { kind: "file", name: key, getFile: async () => new File([child as Uint8Array<ArrayBuffer>], key) };
  };
  return {
    kind: "directory",
    name,
    getDirectoryHandle: async (key: string) => find(key, true),
    getFileHandle: async (key: string) => find(key, false),
    async *entries() {
      for (const [key, child] of children) yield [key, find(key, child instanceof Map)];
    },
  } as unknown as FileSystemDirectoryHandle;
}
