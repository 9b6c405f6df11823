import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { json as jsonCodec, npz, pickle, type Value, zeros } from "@somakit/core";
import { fileSink } from "@somakit/core/node";
import { describe, expect, test } from "vitest";
import { somakit } from "./run.js";
import { fixture, json, succeed, workFolder } from "./work-folder.js";

const { path } = workFolder();
const points = zeros("float64", [3, 4, 3]);

interface Key {
  readonly key: string;
  readonly kind: string;
  readonly items?: readonly string[];
  readonly value?: string;
  readonly meaning?: string;
  readonly shape?: readonly number[];
  readonly members?: readonly Key[];
  readonly more?: number;
}

interface Info {
  readonly container: string;
  readonly wrap: string | null;
  readonly dataset: { readonly id: string } | null;
  readonly keys: readonly Key[];
  readonly more: number;
  readonly nearest: Record<string, unknown> | null;
}

const infoOf = (name: string, ...options: readonly string[]): Promise<Info> => json<Info>(["info", name, ...options]);

/** Keys with those in them, and how many are not listed. */
function outline({ keys, more = 0 }: { readonly keys: readonly Key[]; readonly more?: number }): unknown[] {
  return [
    ...keys.map(({ key, members, more: rest }) =>
      members ? [key, outline({ keys: members, ...(rest === undefined ? {} : { more: rest }) })] : key,
    ),
    ...(more > 0 ? [more] : []),
  ];
}

/** The bytes of a small map of msgpack: texts and small whole numbers. */
function packed(record: Readonly<Record<string, string | number>>): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([0xa0 + value.length]), Buffer.from(value)]);
  const entries = Object.entries(record);
  const parts = entries.flatMap(([key, value]) => [
    text(key),
    typeof value === "string" ? text(value) : Buffer.from([value]),
  ]);
  return Buffer.concat([Buffer.from([0x80 + entries.length]), ...parts]);
}

test("what is said stands in one column, however long the words before it are", async () => {
  const clips = Array.from({ length: 3 }, (_, at): Value => {
    const facts: [string, Value][] = [
      ["frame_dir", `clip${at}`],
      ["label", at],
      ["total_frames", 5],
      ["valid@0.5", at + 1],
    ];
    return new Map<Value, Value>(facts);
  });
  await pickle.write(await fileSink(path("old.pkl")), clips as never, {});
  const { stdout } = await succeed(["info", path("old.pkl")]);
  expect(stdout).toMatch(/^file {11}\S.*\ndata set {7}\S.*\n/);
  expect(stdout).toMatch(/\n\["valid@0\.5"\] {2}3 values, 1 to 3\n/);
});

describe("--levels", () => {
  test("lists what is in dicts and lists, with how much more there is", async () => {
    const clips = Array.from({ length: 1207 }, (_, label): Value => new Map<Value, Value>([["label", label]]));
    const tree = new Map<Value, Value>([
      ["clips", clips],
      ["who", new Map<Value, Value>([["name", "a"]])],
    ]);
    await pickle.write(await fileSink(path("deep.pkl")), tree as never, {});
    expect(outline(await infoOf(path("deep.pkl")))).toEqual(["clips", "who"]);
    expect(outline(await infoOf(path("deep.pkl"), "--levels", "2"))).toEqual([
      ["clips", ["[0]", "[1]", "[2]", 1204]],
      ["who", ["name"]],
    ]);
    const { stdout } = await succeed(["info", path("deep.pkl"), "--levels", "all"]);
    expect(stdout).toMatch(/\nclips +list of dict +1207\n {2}\[0\] +dict +1\n {4}label +0\n/);
    expect(stdout).toMatch(/\n {2}… 1204 more\nwho +dict +1\n {2}name +'a'\n$/);
  });

  test("says what values of a data set mean, at every level", async () => {
    const { keys } = await infoOf(fixture("full.npz"), "--levels", "all");
    const smpl = keys.find(({ key }) => key === "smpl");
    expect(smpl?.members?.map(({ key, kind }) => [key, kind])).toContainEqual(["body_pose", "array"]);
    expect(smpl?.members?.every(({ meaning }) => meaning !== undefined)).toBe(true);
  });

  test("goes into groups of HDF5, with their attributes", async () => {
    const { keys } = await infoOf(fixture("../skelshop/track_body25_13shots.h5"), "--levels", "3");
    const shot = keys.find(({ key }) => key === "timeline")?.members?.[0];
    expect(shot?.members?.map(({ key }) => key)).toEqual(expect.arrayContaining(["@start_frame", "pose0"]));
  });

  test("shows short lists of single values whole, and never one by one", async () => {
    writeFileSync(path("lists.json"), JSON.stringify({ few: [1, 2, 3], many: Array(50).fill("x"), mixed: [1, [2]] }));
    const { keys } = await infoOf(path("lists.json"), "--levels", "all");
    expect(keys.map(({ key, items, value, members }) => [key, items, value, members?.length])).toEqual([
      ["few", ["int"], "[1, 2, 3]", undefined],
      ["many", ["text"], undefined, undefined],
      ["mixed", ["int", "list"], undefined, 2],
    ]);
  });

  test("ends in trees that never do, and in those that are too large", async () => {
    const loop = new Map<Value, Value>();
    loop.set("me", loop);
    await pickle.write(await fileSink(path("loop.pkl")), loop as never, {});
    const looped = await succeed(["info", path("loop.pkl"), "--levels", "all"]);
    expect(looped.stdout.split("\n").length).toBeLessThan(50);
    const wide = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [
        `a${at}`,
        Object.fromEntries(Array.from({ length: 200 }, (__, k) => [`b${k}`, k])),
      ]),
    );
    writeFileSync(path("wide.json"), JSON.stringify(wide));
    const { keys } = await infoOf(path("wide.json"), "--levels", "all");
    const listed = keys.reduce((sum, { members = [] }) => sum + 1 + members.length, 0);
    expect(keys).toHaveLength(300);
    expect(listed).toBeLessThanOrEqual(2000);
    expect(keys.map(({ members = [], more = 0 }) => members.length + more)).toEqual(Array(300).fill(200));
  });

  test.each(["0", "-1", "many", "1.5"])("%s is wrong usage", async (levels) => {
    const { code, stderr } = await somakit(["info", `--levels=${levels}`, fixture("full.npz")]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`--levels ${levels}: a whole number from 1 on`)]);
  });
});

describe("a file that is no known data set", () => {
  test.each([
    ["msgpack", null, (bytes: Buffer) => bytes],
    ["msgpack.gz", "gzip", (bytes: Buffer) => gzipSync(bytes)],
  ] as const)("may be a stream of records, %s, of which the first one is looked at", async (ending, wrap, wrapped) => {
    const name = path(`stream.${ending}`);
    writeFileSync(name, wrapped(Buffer.concat([1, 2, 3].map((time) => packed({ time, name: "a" })))));
    const info = await infoOf(name);
    expect(info).toMatchObject({ container: "msgpack-stream", wrap, dataset: null });
    expect(info.keys).toMatchObject([{ key: "records", kind: "records", items: ["dict"] }]);
    expect(outline(info)).toEqual([["records", [["[0]", ["time", "name"]]]]]);
  });

  test("is like a data set of streams by the keys of its first record", async () => {
    writeFileSync(
      path("near.msgpack"),
      Buffer.concat([packed({ qd_vertices: 1, colour: 2 }), packed({ qd_vertices: 3 })]),
    );
    expect((await infoOf(path("near.msgpack"))).nearest).toMatchObject({
      id: "bodycompress",
      at: "records[0]",
      extra: ["colour"],
      common: 1,
      different: [expect.objectContaining({ path: expect.stringContaining("vertices") })],
    });
  });

  test("that begins like a stream, and is none, is of no known format", async () => {
    writeFileSync(path("odd.bin"), Buffer.from("\u0089PNG\r\n\u001a\nrubbish", "latin1"));
    const { code, stderr } = await somakit(["info", path("odd.bin")]);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/the content is none of npz, .*msgpack-stream/)]);
  });

  test("may be compressed as a whole", async () => {
    writeFileSync(path("small.json.gz"), gzipSync('{"a": {"b": 1}}'));
    expect(await infoOf(path("small.json.gz"))).toMatchObject({ container: "json", wrap: "gzip", dataset: null });
    expect((await succeed(["info", path("small.json.gz")])).stdout).toContain("shown as json in gzip");
  });

  test("may be a folder, whose files are told by their first bytes and opened where there are levels left", async () => {
    mkdirSync(path("any/inner"), { recursive: true });
    writeFileSync(path("any/notes.txt"), "abc");
    writeFileSync(path("any/inner/half.bin"), "PK\u0003\u0004 that is all");
    writeFileSync(path("any/inner/values.dat"), '{"k": 1}');
    const info = await json<Info>(["info", path("any"), "--levels", "3"]).catch(() => undefined);
    const { code, stdout } = await somakit(["info", path("any"), "--levels", "3"]);
    expect(info?.keys.map(({ key, kind }) => [key, kind])).toEqual([
      ["inner", "folder"],
      ["notes.txt", "file"],
    ]);
    expect(stdout).toMatch(/\n {4}k +1\n/);
    // What claims to be an archive and cannot be opened as one is said, and ends with 3.
    expect([code, stdout]).toEqual([3, expect.stringMatching(/half\.bin .*unreadable: /)]);
    expect((await somakit(["info", path("any")])).code).toBe(0);
  });

  test("is like a data set of folders by the names in it, also when it lies in another folder of an archive", async () => {
    mkdirSync(path("outer/hands"), { recursive: true });
    for (const name of ["training_xyz.json", "training_extra.json"]) writeFileSync(path(`outer/hands/${name}`), "[]");
    execFileSync("tar", ["czf", path("hands.tar.gz"), "-C", path("outer"), "hands"]);
    const schemas = fileURLToPath(new URL("../../../examples/schemas", import.meta.url));
    expect(await infoOf(path("hands.tar.gz"), "--schemas", schemas)).toMatchObject({
      container: "folder",
      nearest: { id: "freihand", at: "hands", missing: ["training_K.json"], extra: ["training_extra.json"], common: 1 },
    });
  });

  test("says which of its values are of another kind, dtype or shape", async () => {
    const tree = new Map<string, unknown>([
      ["keypoints2d", points],
      ["image_path", zeros("float32", [2, 2])],
      ["colour", points],
    ]);
    await npz.write(await fileSink(path("kinds.npz")), tree as never, {});
    const { nearest } = await infoOf(path("kinds.npz"));
    expect(nearest).toMatchObject({ id: "humandata", at: "", extra: ["colour"], moreExtra: 0 });
    expect(nearest?.["different"]).toContainEqual(expect.objectContaining({ path: "image_path" }));
    expect((await succeed(["info", path("kinds.npz")])).stdout).toMatch(/^nearest .*; image_path: /m);
  });

  test("lists a hundred keys that nobody knows, and counts the others", async () => {
    const tree = new Map<string, Value>([["images", []]]);
    for (let at = 0; at < 250; at++) tree.set(`odd_${at}`, at);
    await jsonCodec.write(await fileSink(path("many.json")), tree as never, {});
    const { nearest, more } = await infoOf(path("many.json"));
    expect(nearest).toMatchObject({ moreExtra: 150 });
    expect(nearest?.["extra"]).toHaveLength(100);
    expect(more).toBe(0);
  });
});
