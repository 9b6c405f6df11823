import { fileHandleSink, handleFolder, isFormatError, MemorySink, NdArray, type Sink, streamSink } from "@somakit/core";
import * as humandata from "@somakit/formats/humandata";
import { LARGE, paths, REWRITTEN } from "../protocol.js";
import { valueDigest } from "../verdict.js";
import { type BrowserCheck, expectSame, expectThat, kilobytes, thrownBy } from "./check.js";
import { addressOf, fixtureBytes } from "./files.js";

/** Lets Node have a file that was written here. */
async function handOver(name: string, file: Blob): Promise<void> {
  await fetch(`${paths.written}/${name}`, { method: "POST", body: file });
}

async function expectEqualFiles(found: Blob, expected: Blob | ArrayBuffer): Promise<void> {
  const [a, b] = [await humandata.read(found), await humandata.read(expected)];
  expectSame("the value that was read back", await valueDigest(a), await valueDigest(b));
}

/** Of compressed files, the joints that a mask leaves out are packed away again. */
const inMemory = REWRITTEN.map(
  (name): BrowserCheck => ({
    name: `writes ${name} to memory and reads it back`,
    async run() {
      const container = name.endsWith(".pkl") ? "pickle" : "npz";
      const original = await fixtureBytes(name);
      const sink = new MemorySink(name);
      await humandata.write(sink, await humandata.read(original), { container });
      const file = new Blob([...sink.parts()]);
      await expectEqualFiles(file, original);
      await handOver(name, file);
      return kilobytes(file.size);
    },
  }),
);

const elsewhere: readonly BrowserCheck[] = [
  {
    name: "copies a large file from the server, compressing it on the way",
    async run() {
      const url = addressOf("ranges", LARGE);
      const file = await humandata.open(url);
      const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
      const collected = new Response(readable).blob();
      await humandata.write(streamSink(writable as WritableStream<Uint8Array>), file);
      const copy = await collected;
      const original = new Uint8Array(await (await fetch(url)).arrayBuffer());
      expectThat(`the copy has ${copy.size} bytes`, copy.size < original.byteLength);
      await expectEqualFiles(copy, original.buffer);
      await handOver(LARGE, copy);
      return `${kilobytes(copy.size)} of ${kilobytes(original.byteLength)}`;
    },
  },
  {
    name: "writes a value made in the page, and none that breaks the schema",
    async run() {
      const boxes = NdArray.from("float64", Float64Array.of(1, 2, 3, 4, 1, 5, 6, 7, 8, 1), [2, 5]);
      const value: humandata.HumanData = {
        __data_len__: 2,
        image_path: ["a.png", "b.png"],
        bbox_xywh: boxes,
      };
      const sink = new MemorySink();
      await humandata.write(sink, value);
      expectSame("boxes", (await humandata.read(sink.bytes())).bbox_xywh?.toList(), boxes.toList());
      const refused = new MemorySink();
      const error = await thrownBy("a wrong value", () =>
        humandata.write(refused, { ...value, image_path: ["a.png"] }),
      );
      expectThat(String(error), isFormatError(error, "unwritable") && error.issues.length === 1);
      await thrownBy("nothing written", () => refused.parts());
      return String(error);
    },
  },
  {
    name: "writes files and reads folders that the browser gives access to",
    async run() {
      const root = await navigator.storage.getDirectory();
      const home = await root.getDirectoryHandle("data", { create: true });
      const handle = await home.getFileHandle("full.npz", { create: true });
      const original = await fixtureBytes("full.npz");
      const data = await humandata.read(original);
      await humandata.write(await fileHandleSink(handle), data);
      await expectEqualFiles(await handle.getFile(), original);

      const folder = handleFolder(root);
      expectSame("entries", await folder.list(""), [{ name: "data", kind: "folder" }]);
      expectSame("entries", await folder.list("data"), [{ name: "full.npz", kind: "file" }]);
      const source = await folder.open("data/full.npz");
      expectSame("config", await (await humandata.open(source)).config(), data.config);
      for (const path of ["data/none.npz", "none/full.npz", "data", "data/full.npz/more", ""]) {
        const error = await thrownBy(path, () => folder.open(path));
        expectThat(`${path}: ${String(error)}`, isFormatError(error, "missing"));
      }
      await thrownBy("a way out", () => folder.open("../full.npz"));
      return source.name;
    },
  },
  {
    name: "never takes a file for the one that the user picked when it has changed since",
    async run() {
      const handle = await (await navigator.storage.getDirectory()).getFileHandle("changing.npz", { create: true });
      const write = async (content: BlobPart): Promise<void> => {
        const stream = await handle.createWritable();
        await stream.write(content);
        await stream.close();
      };
      await write(await fixtureBytes("full.npz"));
      const file = await humandata.open(await handle.getFile());
      await write(await fixtureBytes("multi.npz"));
      const error = await thrownBy("a change", () => file.keypoints2d());
      await (await navigator.storage.getDirectory()).removeEntry("changing.npz");
      return String(error);
    },
  },
  {
    name: "leaves a file as it was when writing fails",
    async run() {
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle("kept.npz", { create: true });
      const original = await fixtureBytes("full.npz");
      const data = await humandata.read(original);
      await humandata.write(await fileHandleSink(handle), data);
      const before = (await handle.getFile()).size;
      const failing = failingAfter(10_000, await fileHandleSink(handle));
      expectSame("error", String(await thrownBy("a full disk", () => humandata.write(failing, data))), "Error: full");
      expectSame("size", (await handle.getFile()).size, before);
      await expectEqualFiles(await handle.getFile(), original);
      const names = await handleFolder(root).list("");
      expectThat(
        `${JSON.stringify(names)} is there`,
        names.every(({ name }) => ["data", "kept.npz"].includes(name)),
      );
      return "";
    },
  },
];

function failingAfter(limit: number, sink: Sink): Sink {
  let written = 0;
  return {
    name: sink.name,
    async append(bytes) {
      written += bytes.byteLength;
      if (written > limit) throw new Error("full");
      await sink.append(bytes);
    },
    commit: () => sink.commit(),
    abort: () => sink.abort(),
  };
}

export const writing: readonly BrowserCheck[] = [...inMemory, ...elsewhere];
