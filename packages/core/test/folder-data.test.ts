import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exr } from "../src/codec/exr/index.js";
import { strictJson } from "../src/codec/json/codec.js";
import { png } from "../src/codec/png/index.js";
import { FileAccessor, GroupAccessor, type ListAccessor, type LoadOptions } from "../src/engine/accessor.js";
import { folder } from "../src/engine/folder/codec.js";
import { checkWith, openWith, readWith } from "../src/engine/run.js";
import { writeWith } from "../src/engine/write.js";
import type { FieldLayout, Layout } from "../src/layout/layout.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { fileFolder } from "../src/node/folder.js";
import { folderSink } from "../src/node/folder-sink.js";
import { memoryFolder } from "../src/source/folder-memory.js";
import { MemoryFolderSink } from "../src/source/folder-sink.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { Folder } from "../src/source/source.js";
import { digest } from "../src/tree/digest.js";
import { formatError, text } from "./support-io.js";

const free: FieldLayout = { kind: "any", rule: "" };
const object = (properties: Record<string, FieldLayout>, more: object = {}): FieldLayout =>
  ({ kind: "object", rule: "", properties, required: [], patterns: [], additional: free, ...more }) as FieldLayout;
const scalar = (type: "string" | "number" | "integer", more: object = {}): FieldLayout =>
  ({ kind: "scalar", rule: "", types: [type], ...more }) as FieldLayout;
const array = (dtype: string, shape: readonly (string | number)[], place: object): FieldLayout =>
  ({ kind: "array", rule: "", dtype: [dtype], shape, place }) as FieldLayout;
const list = (items: FieldLayout, more: object): FieldLayout =>
  ({ kind: "list", rule: "", prefix: [], items, ...more }) as FieldLayout;
const file = (path: string | undefined, media: string, more: object = {}): object =>
  ({ kind: "file", ...(path !== undefined && { path }), media, ...more }) as object;

const info = object(
  {
    version: scalar("string", { majors: [1] }),
    image: scalar("string", { fileName: true }),
    matrix: { kind: "array", rule: "", dtype: ["float64"], shape: [2, 2] },
    points: object({}, { consecutive: { from: 1, to: 3 } }),
  },
  { place: file("info.json", "application/json") },
);
const take = object(
  {
    name: scalar("string", { place: { kind: "name" } }),
    info,
    depth: array(
      "float32",
      ["*", "*"],
      file("maps/depth.exr", "image/x-exr", { channel: ["R", "Z"], copies: ["B", "R"] }),
    ),
    colours: array("float32", ["*", "*", 3], file("maps/colours.exr", "image/x-exr", { channels: ["R", "G", "B"] })),
    raw: { kind: "any", rule: "", place: file("raw.bin", "application/octet-stream") } as FieldLayout,
    cameras: list(
      object({
        name: scalar("string", { place: { kind: "name" } }),
        at: scalar("number", { place: file("at.json", "application/json") }),
      }),
      { named: {} },
    ),
  },
  {
    required: ["info"],
    patterns: [{ pattern: "^image_.*\\.png$", field: array("uint8", ["*", "*", 1], file(undefined, "image/png")) }],
  },
);
const layout: Layout = {
  id: "takes",
  title: "Takes",
  description: "",
  schema: "urn:test:takes",
  containers: [
    {
      codec: folder,
      extensions: [],
      nulls: "keep",
      classes: [],
      media: { "application/json": strictJson, "image/png": png, "image/x-exr": exr },
    },
  ],
  detect: [{ present: [], absent: [], names: "^take_" }],
  root: object(
    {
      takes: list(take, { named: { pattern: "^take_" } }),
      stills: list(array("uint8", ["*", "*", 1], file(undefined, "image/png")), {
        place: { kind: "folder", name: "stills" },
        numbered: { prefix: "", suffix: ".png", from: 1, pad: 3, gaps: true },
      }),
      shots: list(object({ number: scalar("integer", { place: { kind: "number" } }), info }), {
        place: { kind: "folder", name: "shots" },
        numbered: { prefix: "s", suffix: "", from: 1, pad: 2, gaps: false },
      }),
    },
    { required: ["takes"] },
  ),
  defs: {},
  profiles: {},
};

class Take extends GroupAccessor<Record<string, unknown>> {
  name(options?: LoadOptions): Promise<unknown> {
    return this.load("name", options);
  }
  get info(): GroupAccessor<Record<string, unknown>> {
    return this.group("info", GroupAccessor<Record<string, unknown>>);
  }
}
class Takes extends FileAccessor<Record<string, unknown>> {
  get takes(): ListAccessor<Take> {
    return this.list("takes", Take);
  }
}

const image = (value: number): NdArray => NdArray.from("uint8", new Uint8Array(6).fill(value), [2, 3, 1]) as NdArray;
const depths = (): NdArray => NdArray.from("float32", Float32Array.from([1, 2.5, 3, 4, 1e10, 6]), [2, 3]) as NdArray;
const colours = (): NdArray =>
  NdArray.from(
    "float32",
    Float32Array.from({ length: 18 }, (_, i) => i / 4),
    [2, 3, 3],
  ) as NdArray;

/** Everything that the layout has, once. */
function value(): Record<string, unknown> {
  const matrix = NdArray.from("float64", Float64Array.from([1, 2, 3, 4.5]), [2, 2]);
  const first = {
    name: "take_2",
    info: {
      version: "1.3.0",
      image: "image_a.png",
      matrix,
      points: new Map([
        ["01", 1],
        ["2", 2],
        ["03", 3],
      ]),
    },
    depth: depths(),
    colours: colours(),
    raw: NdArray.from("uint8", Uint8Array.of(1, 2, 3)),
    cameras: [
      { name: "left", at: 1.5 },
      { name: "right side", at: 2 },
    ],
    "image_a.png": image(7),
    "image_b.png": image(8),
  };
  const second = { name: "take_10", info: { version: "1.0.0" } };
  return {
    takes: [second, first],
    stills: [image(1), image(2)],
    shots: [
      { number: 1, info: {} },
      { number: 2, info: {} },
    ],
  };
}

async function written(given: unknown = value()): Promise<Map<string, Uint8Array>> {
  const sink = new MemoryFolderSink();
  await writeWith(layout, sink, given);
  return sink.files();
}

/** A folder that counts what is asked of it. */
function counting(inner: Folder): { folder: Folder; lists: string[]; opens: string[] } {
  const [lists, opens]: [string[], string[]] = [[], []];
  const counted: Folder = {
    name: inner.name,
    list: async (path, options) => {
      lists.push(path);
      return inner.list(path, options);
    },
    open: async (path, options) => {
      opens.push(path);
      return inner.open(path, options);
    },
  };
  return { folder: counted, lists, opens };
}

const show = (found: unknown): unknown =>
  JSON.parse(
    JSON.stringify(found, (_, inner) =>
      inner instanceof NdArray
        ? [inner.dtype, inner.toList()]
        : inner instanceof Map
          ? Object.fromEntries(inner)
          : inner,
    ),
  );

describe("a folder as a data set", () => {
  it("is written file by file and read as what it was", async () => {
    const files = await written();
    expect([...files.keys()].sort()).toEqual(
      [
        "shots/s01/info.json",
        "shots/s02/info.json",
        "stills/001.png",
        "stills/002.png",
        "take_10/info.json",
        "take_2/image_a.png",
        "take_2/image_b.png",
        "take_2/info.json",
        "take_2/left/at.json",
        "take_2/maps/colours.exr",
        "take_2/maps/depth.exr",
        "take_2/raw.bin",
        "take_2/right side/at.json",
      ].sort(),
    );
    const found = await readWith<Record<string, unknown>>(layout, memoryFolder(files));
    expect(show(found)).toEqual(show(value()));
    expect(await checkWith(layout, memoryFolder(files))).toEqual([]);
  });

  it("is the same from memory, from a folder of the file system and from archives", async () => {
    const files = await written();
    const digests = new Set<string>();
    const seen = async (input: Parameters<typeof openWith>[2]): Promise<void> => {
      const opened = await openWith(layout, Takes, input);
      digests.add(JSON.stringify(await digest((await opened.node()) as never)));
      await opened.close();
    };
    await seen(memoryFolder(files));
    for (const compression of ["none", "fast"] as const) {
      const sink = new MemorySink();
      await writeWith(layout, sink, value(), { compression });
      await seen(memorySource(sink.bytes()));
    }
    const path = await mkdtemp(join(tmpdir(), "somakit-folder-"));
    try {
      await writeWith(layout, await folderSink(join(path, "set")), value());
      await seen(await fileFolder(join(path, "set")));
    } finally {
      await rm(path, { recursive: true });
    }
    expect(digests.size).toBe(1);
  });

  it("is found in an archive that holds it in another folder", async () => {
    const inner = await written();
    const outer = new Map([...inner].map(([name, bytes]) => [`any/where/${name}`, bytes]));
    const sink = new MemorySink();
    const { tarSink } = await import("../src/codec/tar/index.js");
    const target = tarSink(sink, { level: "none" });
    for (const [name, bytes] of outer) {
      const entry = await target.file(name);
      await entry.append(bytes);
      await entry.commit();
    }
    await target.commit();
    const opened = await openWith(layout, Takes, sink.bytes());
    expect(await opened.takes.length()).toBe(2);
    expect((await readWith<{ takes: unknown[] }>(layout, sink.bytes())).takes).toHaveLength(2);
  });

  it("copies files of an open folder byte by byte", async () => {
    const files = await written();
    // The same content, not as it would be written.
    files.set("take_10/info.json", text('{ "version" : "1.0.0" }'));
    const opened = await openWith(layout, Takes, memoryFolder(files));
    const sink = new MemoryFolderSink();
    await writeWith(layout, sink, opened);
    const copies = sink.files();
    expect([...copies.keys()].sort()).toEqual([...files.keys()].sort());
    for (const [path, bytes] of files)
      expect([path, Buffer.compare(copies.get(path) as Uint8Array, bytes)]).toEqual([path, 0]);
  });

  it("reads names only until a value is asked for", async () => {
    const many = new Map<string, Uint8Array>();
    for (let i = 0; i < 10_000; i++)
      many.set(`take_${String(i).padStart(5, "0")}/info.json`, text('{"version":"1.0.0"}'));
    const { folder: counted, lists, opens } = counting(memoryFolder(many));
    const opened = await openWith(layout, Takes, counted);
    expect(await opened.takes.length()).toBe(10_000);
    expect([lists, opens]).toEqual([[""], []]);
    expect(await opened.takes.at(9_000).name()).toBe("take_09000");
    expect([lists.slice(1), opens]).toEqual([["take_09000"], []]);
    expect(await opened.takes.at(9_000).info.get("version")).toBe("1.0.0");
    expect(opens).toEqual(["take_09000/info.json"]);
  });

  it("ignores hidden files, and reports others that no member stands for", async () => {
    const files = await written();
    for (const path of [".DS_Store", "take_2/._image_a.png", "__MACOSX/x", "take_2/.hidden/x"])
      files.set(path, text("x"));
    expect(await checkWith(layout, memoryFolder(files))).toEqual([]);
    for (const path of ["readme.txt", "take_2/other.png", "take_2/maps/more.exr", "take_2/left/x"])
      files.set(path, text("x"));
    const issues = await checkWith(layout, memoryFolder(files));
    expect(issues.map(({ code, severity, path }) => `${severity} ${code} ${path}`).sort()).toEqual([
      "info unknown-key readme.txt",
      "info unknown-key take_2/left/x",
      "info unknown-key take_2/maps/more.exr",
      "info unknown-key take_2/other.png",
    ]);
    expect(show(await readWith(layout, memoryFolder(files)))).toEqual(show(value()));
  });
});

describe("faults in a folder", () => {
  const with_ = async (path: string, content: string | Uint8Array | undefined): Promise<Map<string, Uint8Array>> => {
    const files = await written();
    if (content === undefined) files.delete(path);
    else files.set(path, typeof content === "string" ? text(content) : content);
    return files;
  };
  const faults = async (files: Map<string, Uint8Array>): Promise<string[]> =>
    (await checkWith(layout, memoryFolder(files))).map(({ code, path }) => `${code} ${path}`);

  it.each([
    ["a file that is missing", "take_2/info.json", undefined, "missing take_2/info.json"],
    ["a file that another names", "take_2/image_a.png", undefined, "missing take_2/image_a.png"],
    ["a name that leads out", "take_2/info.json", '{"image":"../image_a.png"}', "range take_2/info.json:image"],
    ["JSON that is cut off", "take_2/info.json", '{"version":"1', "unreadable take_2/info.json"],
    ["NaN, which is no JSON", "take_2/info.json", '{"points":{"1":NaN}}', "unreadable take_2/info.json"],
    ["a version that nobody knows", "take_2/info.json", '{"version":"2.0.0"}', "range take_2/info.json:version"],
    ["a version that is none", "take_2/info.json", '{"version":"latest"}', "range take_2/info.json:version"],
    ["a matrix of another shape", "take_2/info.json", '{"matrix":[[1,2]]}', "shape take_2/info.json:matrix"],
    ["a number that is left out", "take_2/info.json", '{"points":{"1":1,"3":1}}', "constraint take_2/info.json:points"],
    [
      "a number beyond the last",
      "take_2/info.json",
      '{"points":{"1":1,"2":1,"3":1,"4":1}}',
      "constraint take_2/info.json:points",
    ],
    ["an image that is none", "take_2/image_b.png", "no image", "unreadable take_2/image_b.png"],
    ["an EXR file that is none", "take_2/maps/depth.exr", "no image", "unreadable take_2/maps/depth.exr"],
  ])("%s: reported once, with the file", async (_, path, content, expected) => {
    expect(await faults(await with_(path, content))).toEqual([expected]);
  });

  it("a channel that is missing, and one that is the only one", async () => {
    const sink = new MemorySink();
    const { writeExr } = await import("../src/codec/exr/index.js");
    await writeExr(sink, new Map([["V", depths()]]));
    expect(await faults(await with_("take_2/maps/depth.exr", sink.bytes()))).toEqual([]);
    expect(await faults(await with_("take_2/maps/colours.exr", sink.bytes()))).toEqual([
      "unreadable take_2/maps/colours.exr",
    ]);
  });

  it("gaps in a list that may have none", async () => {
    const files = await written();
    files.set("shots/s04/info.json", text("{}"));
    const error = await formatError(() => readWith(layout, memoryFolder(files)), "corrupt");
    expect(error.message).toContain("s03");
  });

  it("reading names the file", async () => {
    const broken = await with_("take_2/info.json", '{"version":"1.0.0",');
    expect((await formatError(() => readWith(layout, memoryFolder(broken)), "truncated")).path).toBe(
      "take_2/info.json",
    );
    const future = memoryFolder(await with_("take_2/info.json", '{"version":"7.0.0"}'));
    const error = await formatError(() => readWith(layout, future), "unsupported");
    expect(error.message).toBe("take_2/info.json:version: version 7.0.0 is not known, only 1.x is");
    const opened = await openWith(layout, Takes, future);
    await formatError(() => opened.takes.at(1).info.get("image"), "unsupported");
    expect(await opened.takes.at(1).name()).toBe("take_2");
  });

  it("a file in place of a folder, and a folder where one file is needed", async () => {
    expect((await formatError(() => readWith(layout, text("{}".repeat(400))), "not-this-format")).offset).toBe(0);
    const single: Layout = {
      ...layout,
      containers: [{ codec: strictJson, extensions: [], nulls: "keep", classes: [] }],
    };
    await formatError(() => readWith(single, memoryFolder(new Map())), "not-this-format");
  });
});

describe("writing a folder", () => {
  let place: string;
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), "somakit-folder-"));
  });
  afterAll(() => rm(place, { recursive: true }));

  it.each([
    ["a name that leads out", { takes: [{ name: "take_/../../x", info: {} }] }],
    ["a name that the schema would not find", { takes: [{ name: "other", info: {} }] }],
    ["no name", { takes: [{ info: {} }] }],
    [
      "two items of one name",
      {
        takes: [
          { name: "take_1", info: {} },
          { name: "take_1", info: {} },
        ],
      },
    ],
    ["a member without a file", { takes: [{ name: "take_1", info: {}, other: 1 }] }],
    ["an image that is no array", { takes: [{ name: "take_1", info: {}, depth: [1] }] }],
  ])("refuses %s, and leaves nothing", async (_, given) => {
    const target = join(place, "refused");
    const error = await formatError(async () => writeWith(layout, await folderSink(target), given, { check: "skip" }));
    expect(["unwritable", "refused", "exists", "mismatch"]).toContain(error.code);
    expect(await readdir(place)).toEqual([]);
  });

  it("refuses a value that breaks the schema before it writes", async () => {
    const error = await formatError(
      async () => writeWith(layout, await folderSink(join(place, "bad")), { stills: [] }),
      "unwritable",
    );
    expect(error.issues[0]?.code).toBe("missing");
    expect(await readdir(place)).toEqual([]);
  });

  it("refuses a folder that is there, also when it comes about meanwhile", async () => {
    const target = join(place, "there");
    const sink = await folderSink(target);
    await mkdir(target);
    await writeFile(join(target, "mine"), "1");
    await formatError(() => folderSink(target), "exists");
    const entry = await sink.file("a");
    await entry.commit();
    await formatError(() => sink.commit(), "exists");
    expect(await readdir(place)).toEqual(["there"]);
    expect(await readFile(join(target, "mine"), "utf8")).toBe("1");
    await rm(target, { recursive: true });
  });

  it("refuses symbolic links that lead out of a folder that is read", async () => {
    const root = join(place, "links");
    await mkdir(join(root, "take_1"), { recursive: true });
    await writeFile(join(place, "secret.json"), "{}");
    await symlink(join(place, "secret.json"), join(root, "take_1", "info.json"));
    const issues = await checkWith(layout, await fileFolder(root));
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual(["missing take_1/info.json"]);
    await rm(root, { recursive: true });
    await rm(join(place, "secret.json"));
  });

  it("stops when it is told to, and leaves nothing", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(
      writeWith(layout, await folderSink(join(place, "x")), value(), { signal, check: "skip" }),
    ).rejects.toThrow("enough");
    expect(await readdir(place)).toEqual([]);
  });
});
