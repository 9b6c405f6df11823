import { describe, expect, it } from "vitest";
import { json } from "../src/codec/json/codec.js";
import { GroupAccessor, type Location } from "../src/engine/accessor.js";
import { ListFileAccessor } from "../src/engine/list-file.js";
import { openWith } from "../src/engine/run.js";
import { writeWith } from "../src/engine/write.js";
import { FormatError } from "../src/errors.js";
import type { Layout } from "../src/layout/layout.js";
import { MemorySink } from "../src/source/sink-memory.js";

interface Clip {
  name: string;
  label?: number | undefined;
}

const layout: Layout = {
  id: "clips",
  title: "Clips",
  description: "",
  schema: "urn:clips",
  containers: [{ codec: json, extensions: [".json"], nulls: "keep", classes: [] }],
  detect: [],
  root: { kind: "list", rule: "", prefix: [], items: { kind: "ref", rule: "/items", name: "Clip" } },
  defs: {
    Clip: {
      kind: "object",
      rule: "/$defs/Clip",
      properties: {
        name: { kind: "scalar", rule: "/$defs/Clip/properties/name", types: ["string"] },
        label: { kind: "scalar", rule: "/$defs/Clip/properties/label", types: ["integer"] },
      },
      required: ["name"],
      patterns: [],
      additional: false,
    },
  },
  profiles: {},
};

class ClipAccessor extends GroupAccessor<Clip> {
  name(): Promise<string> {
    return this.need("name");
  }
}

class ClipsFile extends ListFileAccessor<Clip[], ClipAccessor> {
  constructor(location: Location) {
    super(location, ClipAccessor);
  }
}

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const open = (value: unknown) => openWith(layout, ClipsFile, bytes(value));
const clips: readonly Clip[] = [{ name: "walk", label: 3 }, { name: "run" }];

describe("an open file that is a list", () => {
  it("tells its length and gives each item", async () => {
    const file = await open(clips);
    expect(await file.length()).toBe(2);
    expect(await file.at(1).name()).toBe("run");
    expect(await file.at(1).read()).toEqual({ name: "run" });
    expect([file.path, file.at(1).path, file.layout.id]).toEqual(["", "[1]", "clips"]);
    await file.close();
  });

  it("finds items by what one of their members holds", async () => {
    const file = await open([...clips, { name: "run", label: 5 }]);
    expect(await (await file.find("name", "run"))?.read()).toEqual({ name: "run" });
    expect(await file.find("name", "jump")).toBeUndefined();
    expect([...(await file.indexBy("name"))]).toEqual([
      ["walk", [0]],
      ["run", [1, 2]],
    ]);
    expect([...(await file.indexBy("label"))]).toEqual([
      [3, [0]],
      [5, [2]],
    ]);
  });

  it("gives those of several values in its own order, each once", async () => {
    const file = await open([{ name: "a" }, { name: "b" }, { name: "c" }, { name: "b", label: 1 }]);
    const paths: string[] = [];
    for await (const clip of file.where("name", ["c", "b", "c", "none"])) paths.push(clip.path);
    expect(paths).toEqual(["[1]", "[2]", "[3]"]);
  });

  it("reads the member that it is indexed by once, and nothing else", async () => {
    const file = await open([{ name: "a", label: "no number" }, 7, null, { name: "b" }]);
    const [first, second] = [file.indexBy("name"), file.indexBy("name")];
    expect(first).toBe(second);
    expect([...(await first).keys()]).toEqual(["a", "b"]);
  });

  it("is indexed anew after a failure", async () => {
    const file = await open(clips);
    await expect(file.indexBy("name", { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    expect((await file.indexBy("name")).size).toBe(2);
  });

  it("is iterated item by item", async () => {
    const names: string[] = [];
    for await (const clip of await open(clips)) names.push(await clip.name());
    expect(names).toEqual(["walk", "run"]);
  });

  it("is read and checked as a whole", async () => {
    const file = await open(clips);
    expect(await file.read()).toEqual(clips);
    expect(await file.check()).toEqual([]);
    const bad = await open([{ label: 1 }]);
    expect(await bad.check()).toMatchObject([{ code: "missing", path: "[0].name" }]);
  });

  it("has nothing where it has no item", async () => {
    const file = await open(clips);
    for (const index of [2, -1]) {
      expect(await file.at(index).exists()).toBe(false);
      await expect(file.at(index).name()).rejects.toThrow(FormatError);
    }
  });

  it("may be empty", async () => {
    const file = await open([]);
    expect([await file.length(), await file.read()]).toEqual([0, []]);
  });

  it("is written again as it is", async () => {
    const sink = new MemorySink();
    await writeWith<readonly Clip[]>(layout, sink, await open(clips));
    expect(JSON.parse(new TextDecoder().decode(sink.bytes()))).toEqual(clips);
  });

  it("says what it is when it is no list", async () => {
    const file = await open({ name: "walk" });
    await expect(file.length()).rejects.toMatchObject({ code: "mismatch" });
    await expect(file.read()).rejects.toMatchObject({ code: "mismatch" });
  });
});
