import { describe, expect, it } from "vitest";
import { openTar } from "../src/codec/tar/index.js";
import {
  copyEntries,
  type EntryDuplicates,
  entriesFacts,
  type FolderEntries,
  FolderNode,
  folder,
  openEntries,
} from "../src/engine/folder/index.js";
import { folderTree } from "../src/engine/folder/tree.js";
import type { FieldLayout, Layout } from "../src/layout/layout.js";
import { memoryFolder } from "../src/source/folder-memory.js";
import { MemoryFolderSink } from "../src/source/folder-sink.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { Progress } from "../src/source/source.js";
import { formatError } from "./support-io.js";

const free: FieldLayout = { kind: "any", rule: "" };
const object = (properties: Record<string, FieldLayout>): FieldLayout =>
  ({ kind: "object", rule: "", properties, required: [], patterns: [], additional: free }) as FieldLayout;
const list = (more: object): FieldLayout =>
  ({ kind: "list", rule: "", prefix: [], items: object({}), ...more }) as FieldLayout;
const takes = list({ named: { pattern: "^take_" } });
const numbered = list({ numbered: { prefix: "take_", suffix: "", from: 1, pad: 2, gaps: false } });
const within = list({ named: { pattern: "^take_" }, place: { kind: "folder", name: "all/takes" } });

function layoutOf(root: FieldLayout): Layout {
  const container = { codec: folder, extensions: [".tar"], nulls: "keep", classes: [], media: {} };
  return {
    id: "studio",
    title: "Studio",
    schema: "urn:test",
    containers: [container],
    detect: [],
    root,
    defs: {},
    profiles: {},
  } as unknown as Layout;
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

async function entriesOf(member: FieldLayout, names: readonly string[]): Promise<FolderEntries> {
  const layout = layoutOf(object({ takes: member }));
  const facts = entriesFacts(layout);
  if (!facts) throw new Error("the layout has no entries");
  const files = memoryFolder(new Map(names.map((name) => [name, bytes(`${name}!`)])));
  const tree = await FolderNode.open(files);
  const [container] = layout.containers;
  return openEntries({ tree, root: await folderTree(layout, container as never, tree) }, facts);
}

async function written(entries: FolderEntries): Promise<readonly string[]> {
  const sink = new MemoryFolderSink("out");
  await copyEntries(entries, sink);
  return [...sink.files().keys()].sort();
}

const THREE = ["notes.txt", "take_1/a.bin", "take_1/more/b.bin", "take_2/a.bin", "take_3/a.bin", ".hidden"];

describe("entries of a folder", () => {
  it("are those of the one list that its data set has", () => {
    expect(entriesFacts(layoutOf(object({ takes })))).toMatchObject({ list: "takes" });
    expect(entriesFacts(layoutOf(object({ takes, other: takes })))).toBeUndefined();
    expect(entriesFacts(layoutOf(object({ info: free })))).toBeUndefined();
    expect(entriesFacts(layoutOf(takes))).toBeUndefined();
    const single = { ...layoutOf(object({ takes })), containers: [] };
    expect(entriesFacts(single)).toBeUndefined();
  });

  it("are chosen by their places, and copied with all that is in them and what lies beside them", async () => {
    const all = await entriesOf(takes, THREE);
    expect([all.length, all.names]).toEqual([3, ["take_1", "take_2", "take_3"]]);
    expect(await written(all.select([2, 0]))).toEqual([
      "notes.txt",
      "take_1/a.bin",
      "take_1/more/b.bin",
      "take_3/a.bin",
    ]);
    expect(all.select([-1]).names).toEqual(["take_3"]);
    expect(await written(all.select([]))).toEqual(["notes.txt"]);
    expect(() => all.select([3])).toThrow(RangeError);
    expect(() => all.select([1, -2])).toThrow(RangeError);
  });

  it("are found in a folder of their own, beside which other files stay", async () => {
    const all = await entriesOf(within, [
      "all/readme.txt",
      "all/takes/take_1/a.bin",
      "all/takes/take_2/a.bin",
      "x.txt",
    ]);
    expect(await written(all.select([1]))).toEqual(["all/readme.txt", "all/takes/take_2/a.bin", "x.txt"]);
  });

  it("are numbered anew where no number may be left out", async () => {
    const all = await entriesOf(numbered, ["take_01/a", "take_02/b", "take_03/c"]);
    expect(await written(all.select([1, 2]))).toEqual(["take_01/b", "take_02/c"]);
    expect((await entriesOf(numbered, ["take_01/a"])).concat([all]).names).toEqual([
      "take_01",
      "take_02",
      "take_03",
      "take_04",
    ]);
  });

  it("go into an archive as well, byte for byte, and what is done is told", async () => {
    const sink = new MemorySink("out.tar");
    const told: Progress[] = [];
    const chosen = (await entriesOf(takes, THREE)).select([1]);
    await copyEntries(chosen, sink, { level: "none", onProgress: (progress) => void told.push(progress) });
    const archive = await openTar(memorySource(sink.bytes()));
    const file = await archive.open("take_2/a.bin");
    expect(new TextDecoder().decode(await file.read(0, file.byteLength))).toBe("take_2/a.bin!");
    expect(told.at(-1)).toEqual({ stage: "copy", done: 2, total: 2, unit: "entries" });
  });

  it("leave nothing behind when copying is stopped", async () => {
    const stop = new AbortController();
    const sink = new MemoryFolderSink("out");
    const copying = copyEntries(await entriesOf(takes, THREE), sink, {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error("stopped")),
    });
    await expect(copying).rejects.toThrow("stopped");
    expect(() => sink.files()).toThrow(/not committed/);
  });
});

describe("entries of several folders", () => {
  const joined = async (duplicates: EntryDuplicates | undefined, ...lists: readonly (readonly string[])[]) => {
    const [first, ...others] = await Promise.all(
      lists.map((names) =>
        entriesOf(
          list({ named: { pattern: "." } }),
          names.map((name) => `${name}/x`),
        ),
      ),
    );
    return (first as FolderEntries).concat(others, duplicates).names;
  };

  it("are joined where no name comes twice, else by what is asked for", async () => {
    expect(await joined(undefined, ["a_1"], ["a_2"])).toEqual(["a_1", "a_2"]);
    await formatError(() => joined(undefined, ["a_1"], ["a_1"]), "mismatch");
    expect(await joined("first", ["a_1", "a_2"], ["a_2", "a_3"])).toEqual(["a_1", "a_2", "a_3"]);
  });

  it("count on in their names, keeping their order and what is left out between them", async () => {
    expect(await joined("renumber", ["t_000_x", "t_001_x"], ["t_000_x", "t_005_x"], ["t_001_x"])).toEqual([
      "t_000_x",
      "t_001_x",
      "t_002_x",
      "t_007_x",
      "t_008_x",
    ]);
    // Only what differs in nothing but the number moves together.
    expect(await joined("renumber", ["a_1", "b_1"], ["a_1", "b_2"])).toEqual(["a_1", "b_1", "a_2", "b_2"]);
    expect(await joined("renumber", ["a_9"], ["a_9"])).toEqual(["a_9", "a_10"]);
    await formatError(() => joined("renumber", ["same"], ["same"]), "mismatch");
  });
});
