// What is read without the HDF5 library of damaged files must be what the library reads of them. A part of all damage is tried
// in a few seconds; SOMAKIT_SWEEP=name tries all of it on the files whose names have that in them, which takes minutes.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { hdf5 } from "../src/codec/hdf5/index.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { AttributedTree, type WriteTree } from "../src/tree/write.js";
import type { Value } from "../src/value/value.js";
import { h5py, hasH5py } from "./support-hdf5.js";
import { withFolder } from "./support-python.js";

const SWEEP = process.env["SOMAKIT_SWEEP"];
const FIXTURES = new URL("../../../test/conformance/skelshop/", import.meta.url);

type Places = ReadonlyMap<string, string>;

/** All that reads, with a library of its own: damage may break that down for good. */
async function loadReader() {
  vi.resetModules();
  const url = `${import.meta.resolve("h5wasm")}?${loads++}`;
  vi.doMock("h5wasm", () => import(/* @vite-ignore */ url));
  const [{ Hdf5Session }, { placesIn }, { memorySource }] = await Promise.all([
    import("../src/codec/hdf5/read/session.js"),
    import("./support-hdf5.js"),
    import("../src/source/memory.js"),
  ]);
  const direct = (bytes: Uint8Array): Promise<Places> => placesIn(memorySource(bytes));
  /** What is found when all of it is left to the library. */
  const byLibrary = async (bytes: Uint8Array): Promise<Places> => {
    const spy = vi.spyOn(Hdf5Session.prototype, "direct").mockResolvedValue(undefined);
    try {
      return await direct(bytes);
    } finally {
      spy.mockRestore();
    }
  };
  return { direct, byLibrary };
}

type Reader = Awaited<ReturnType<typeof loadReader>>;

let loads = 0;
let reader: Reader;
beforeEach(async () => {
  reader = await loadReader();
});
afterAll(() => vi.doUnmock("h5wasm"));

const isError = (found: string | undefined): boolean => found?.startsWith("!") ?? false;

/** Whether there is an error at a place, or around it. */
function isRefused(places: Places, place: string): boolean {
  for (let end = place.length; end >= 0; end--) if (isError(places.get(place.slice(0, end)))) return true;
  return false;
}

/**
 * Where something is found that the library does not find. What it refuses may be there all the same, as it was: it also looks at
 * bytes that say nothing of the content.
 */
function differences(direct: Places, library: Places, whole: Places): string[] {
  return [...direct].flatMap(([place, found]) => {
    const expected = library.get(place);
    if (found === expected || isError(found)) return [];
    if (isRefused(library, place) && found === whole.get(place)) return [];
    return [`${place}: ${found.slice(0, 200)} for ${expected?.slice(0, 200)}`];
  });
}

interface Damage {
  readonly label: string;
  readonly bytes: Uint8Array;
}

function* damages(bytes: Uint8Array, step: number, first: number): Generator<Damage, void, void> {
  for (let at = first; at < bytes.byteLength; at += step) {
    const byte = bytes[at] as number;
    for (const other of new Set([byte ^ 0x15, byte ^ (1 << (at % 8)), byte + 1, 0, 0xff])) {
      if ((other & 0xff) === byte) continue;
      const damaged = bytes.slice();
      damaged[at] = other;
      yield { label: `byte ${at} ${byte} → ${other & 0xff}`, bytes: damaged };
    }
    if (at % (4 * step) === first % (4 * step)) yield { label: `cut off at ${at}`, bytes: bytes.slice(0, at) };
  }
}

async function sweep(bytes: Uint8Array, step: number, first = 0): Promise<string[]> {
  const whole = await reader.direct(bytes);
  expect(differences(whole, await reader.byLibrary(bytes), whole)).toEqual([]);
  const found: string[] = [];
  for (const { label, bytes: damaged } of damages(bytes, step, first)) {
    const library = await reader.byLibrary(damaged);
    if (hasBroken(library)) reader = await loadReader();
    const direct = await reader.direct(damaged);
    if (hasBroken(direct)) reader = await loadReader();
    found.push(...differences(direct, library, whole).map((difference) => `${label}: ${difference}`));
  }
  return found;
}

/** Whether the library is of no use any more. */
function hasBroken(places: Places): boolean {
  return [...places.values()].some((found) => isError(found) && found.includes("broke down"));
}

/** Every structure that is read without the library, as our writer makes it. */
async function written(compression: "none" | "fast"): Promise<Uint8Array> {
  const count = 40;
  const numbers = NdArray.from(
    "float32",
    Float32Array.from({ length: 3 * count }, (_, i) => i / 7),
    [count, 3],
  );
  const attributes = new Map<string, Value>([
    ["text", "héllo"],
    ["empty", ""],
    ["yes", true],
    ["half", 0.5],
  ]);
  const many = new Map<Value, WriteTree>(
    Array.from({ length: 20 }, (_, i) => [`m${i}`, NdArray.from("int16", Int16Array.of(i))]),
  );
  const sink = new MemorySink();
  const tree = new Map<Value, WriteTree>([
    ["pieces", new AttributedTree(numbers, { storage: { chunks: [16, 3] }, attributes })],
    ["whole", new AttributedTree(numbers, { storage: { chunks: "none" } })],
    ["flags", NdArray.from("bool", Uint8Array.of(1, 0))],
    ["many", many],
  ]);
  await hdf5.write(sink, new AttributedTree(tree, { attributes }), { compression });
  return sink.bytes();
}

const COMPRESSIONS = ["none", "fast"] as const;
/** Written before modules are loaded anew. */
const ours = new Map(await Promise.all(COMPRESSIONS.map(async (name) => [name, await written(name)] as const)));

/** A superblock of version 3, links and chunks in the newer structures: all of it with checksums. */
async function newer(): Promise<Uint8Array> {
  return withFolder(async (folder) => {
    const path = join(folder, "newer.h5");
    h5py(
      path,
      `
with h5py.File(path, "w", libver="latest") as f:
    for tracked in (True, False):
        g = f.create_group(f"g{tracked}", track_order=tracked)
        for i in range(12): g.create_group(f"m{i * 7 % 12}")
    f["g"] = np.arange(6.0).reshape(2, 3)
    f.attrs["text"] = "text"
`,
    );
    return new Uint8Array(readFileSync(path));
  });
}

const small = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, FIXTURES)));
/** Bytes of a file that are damaged when there is little time. */
const POSITIONS = 24;

/** Small files of each kind: groups of both kinds, chunks, rows in one, texts, compressed rows. */
const NAMES = ["bad_fmt_ver.h5", "track_zero_length_shots.h5", "preembed_fixed.h5", "unseg_gzip_shuffle.h5"];

describe("damaged files", () => {
  it.each(NAMES)(
    "are read as the library reads them, or not at all: %s",
    async (name) => {
      const bytes = small(name);
      expect(await sweep(bytes, Math.floor(bytes.byteLength / POSITIONS), 13)).toEqual([]);
    },
    240_000,
  );

  it.each(COMPRESSIONS)(
    "are read as the library reads them, or not at all: ours, %s",
    async (compression) => {
      const bytes = ours.get(compression) as Uint8Array;
      expect(await sweep(bytes, Math.floor(bytes.byteLength / POSITIONS), 5)).toEqual([]);
    },
    240_000,
  );

  it.runIf(hasH5py)(
    "are read as the library reads them, or not at all: newer structures",
    async () => {
      const bytes = await newer();
      expect(await sweep(bytes, Math.floor(bytes.byteLength / POSITIONS), 3)).toEqual([]);
    },
    240_000,
  );

  it.runIf(SWEEP)(
    "are read as the library reads them: all bytes",
    async () => {
      const names = readdirSync(FIXTURES).filter((name) => name.endsWith(".h5") && name.includes(SWEEP as string));
      for (const name of names) {
        const found = await sweep(small(name), 1);
        console.log(name, found.length, `${loads} libraries`);
        expect({ name, found: found.slice(0, 40) }).toEqual({ name, found: [] });
      }
      if ("ours".includes(SWEEP as string)) expect(await sweep(await written("none"), 1)).toEqual([]);
      if ("ours".includes(SWEEP as string)) expect(await sweep(await written("fast"), 1)).toEqual([]);
      if ("newer".includes(SWEEP as string) && hasH5py) expect(await sweep(await newer(), 1)).toEqual([]);
    },
    36_000_000,
  );
});
