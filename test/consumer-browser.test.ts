import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { chromium } from "./browser/chromium.js";
import { byEsbuild, byVite, SYSTEMS, type System, type Visit, visit } from "./browser/consumer.js";

/** How long the browser may take, in milliseconds; a tenth of that is usual. */
const PATIENCE = 60_000;
/** How a module of WebAssembly begins, in base64. */
const WASM = "AGFzbQ";
/** The HDF5 library has a module of its own spelling; nothing else is as long. */
const LIBRARY = 1_000_000;

describe.skipIf(!chromium).each([
  ["esbuild", byEsbuild],
  ["Vite", byVite],
])("in a browser, an application of many data sets, bundled by %s", (_, bundle) => {
  let seen: Visit;

  beforeAll(async () => {
    seen = await visit(chromium as string, await bundle(), PATIENCE);
  }, PATIENCE + 30_000);

  it.each(SYSTEMS)("writes, opens, reads and checks %s", (name) => expect(seen.results[name]).toBe("ok"));

  it("begins with next to nothing", () => {
    expect(seen.fetched.get("start")?.join("").length).toBeLessThan(4000);
  });

  it("fetches WebAssembly only where it is needed: for xz, and for HDF5 that is out of the ordinary", () => {
    const isCarrier = (script: string): boolean => script.includes(WASM) || script.length > LIBRARY;
    const carried = SYSTEMS.filter((name) => (seen.fetched.get(name) ?? []).some(isCarrier));
    expect(carried).toContain("bodycompress");
    for (const name of ["humandata", "pyskl", "datagen"] satisfies System[]) expect(carried).not.toContain(name);
  });

  it("fetches nothing twice", () => {
    const all = [...seen.fetched.values()].flat();
    expect(new Set(all).size).toBe(all.length);
    expect(gzipSync(all.join("")).byteLength).toBeGreaterThan(10_000);
  });
});
