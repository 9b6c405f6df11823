import { digest, droppedFolder, filesFolder, MemorySink, memorySource, type Node, openTar } from "@somakit/core";
import * as datagen from "@somakit/formats/datagen";
import { DATASET } from "../protocol.js";
import { type BrowserCheck, expectSame, expectThat, thrownBy } from "./check.js";
import { fixtureBytes } from "./files.js";

type Input = Parameters<typeof datagen.open>[0];

async function digestOf(input: Input): Promise<unknown> {
  const file = await datagen.open(input);
  return digest((await file.node()) as Node, { container: "folder" });
}

/** The files of the archive by their paths, in the folder that it holds. */
async function filesOf(): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const folder = await openTar(await fixtureBytes(DATASET));
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const collect = async (path: string): Promise<void> => {
    for (const { name, kind } of await folder.list(path)) {
      const at = path === "" ? name : `${path}/${name}`;
      if (kind === "folder") await collect(at);
      else {
        const source = await folder.open(at);
        files.set(at, new Uint8Array(await source.read(0, source.byteLength)));
      }
    }
  };
  await collect("");
  return files;
}

/** Writes the archive's files into a folder of the browser's own. */
async function unpacked(): Promise<FileSystemDirectoryHandle> {
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("unpacked", { create: true });
  for (const [path, bytes] of await filesOf()) {
    const steps = path.split("/").slice(1);
    const name = steps.pop() as string;
    let folder = root;
    for (const step of steps) folder = await folder.getDirectoryHandle(step, { create: true });
    const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
    await writable.write(bytes);
    await writable.close();
  }
  return root;
}

/** A dropped folder as browsers hand it out: its entries come in portions, through callbacks. */
function entryOf(path: string, files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): FileSystemEntry {
  const name = path.split("/").at(-1) as string;
  const bytes = files.get(path);
  if (bytes) {
    const file = (done: (file: File) => void): void => done(new File([bytes], name));
    return { name, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry;
  }
  const inside = [...files.keys()].filter((other) => other.startsWith(`${path}/`));
  const children = new Set(inside.map((other) => other.slice(path.length + 1).split("/")[0] as string));
  const createReader = (): unknown => {
    const left = [...children];
    const readEntries = (done: (entries: FileSystemEntry[]) => void): void =>
      done(left.splice(0, 2).map((child) => entryOf(`${path}/${child}`, files)));
    return { readEntries };
  };
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

export const folders: readonly BrowserCheck[] = [
  {
    name: "reads a folder from an archive, a handle, picked and dropped files alike",
    async run() {
      const expected = await digestOf(await fixtureBytes(DATASET));
      const files = await filesOf();
      const [top = ""] = [...files.keys()][0]?.split("/") ?? [];
      expectSame("the folder of a handle", await digestOf(await unpacked()), expected);
      const picked = [...files].map(([path, bytes]) => {
        const file = new File([bytes], path.split("/").at(-1) as string);
        return Object.defineProperty(file, "webkitRelativePath", { value: path });
      });
      expectSame("picked files", await digestOf(filesFolder(picked)), expected);
      const item = { webkitGetAsEntry: () => entryOf(top, files) } as unknown as DataTransferItem;
      expectSame("a dropped folder", await digestOf(droppedFolder([item])), expected);
      return `${files.size} files`;
    },
  },
  {
    name: "checks a folder, and names the file that is damaged",
    async run() {
      const root = await unpacked();
      expectSame("issues", await datagen.check(root), []);
      const camera = await (await root.getDirectoryHandle("datapoint_00001")).getDirectoryHandle("camera");
      const writable = await (await camera.getFileHandle("depth.exr")).createWritable();
      await writable.write("no image");
      await writable.close();
      const [issue] = await datagen.check(root);
      expectSame("the issue", [issue?.code, issue?.path], ["unreadable", "datapoint_00001/camera/depth.exr"]);
      return issue?.message ?? "";
    },
  },
  {
    name: "writes a folder as an archive, and notices one that is cut off",
    async run() {
      const sink = new MemorySink();
      const archive = await fixtureBytes(DATASET);
      await datagen.write(sink, await datagen.read(archive));
      const written = sink.bytes();
      expectSame("the archive", await digestOf(written), await digestOf(archive));
      const cut = memorySource(written.subarray(0, written.byteLength - 9));
      const error = await thrownBy("a cut archive", () => datagen.open(cut));
      expectThat(String(error), ["truncated", "checksum"].includes((error as { code?: string }).code ?? ""));
      return `${written.byteLength} bytes`;
    },
  },
];
