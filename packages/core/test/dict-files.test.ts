import { beforeEach, describe, expect, it } from "vitest";
import { npz } from "../src/codec/npz/index.js";
import { pickle } from "../src/codec/pickle/index.js";
import { forgetWarnedKeys } from "../src/dict/logger.js";
import { IssueError, isFormatError } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { memorySource } from "../src/source/memory.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { nodeOfValue } from "../src/tree/value-node.js";
import type { WriteTree } from "../src/tree/write.js";
import { f4, make, mask, type SampleDict } from "./support-dict.js";

beforeEach(forgetWarnedKeys);

const source = () => ({
  boxes: f4(2, 5),
  keypoints: f4(2, 4, 3),
  keypoints_mask: mask(1, 0, 0, 1),
  smpl: { betas: f4(2, 10) },
  nothing: null,
});

async function bytesOf(dict: SampleDict, container: string): Promise<Uint8Array> {
  const sink = new MemorySink();
  await dict.write(sink, { container });
  return sink.bytes();
}

/** A file with members that no dict would hold. */
async function fileOf(members: Readonly<Record<string, unknown>>, codec = npz): Promise<Uint8Array> {
  const sink = new MemorySink();
  await codec.write(sink, new Map(Object.entries(members)) as unknown as WriteTree, {});
  return sink.bytes();
}

describe.each([
  ["npz", npz],
  ["pickle", pickle],
])("%s", (container, codec) => {
  it("keeps what is packed packed, with all state keys in front", async () => {
    const { dict } = make(source());
    dict.pack();
    const bytes = await bytesOf(dict, container);
    const root = await codec.open(memorySource(bytes), { classes: [] });
    expect(root.kind === "group" && root.keys.slice(0, 4)).toEqual(["strict", "len", "packed", "boxes"]);
    const again = await make().dict.load(bytes);
    expect([again.packed, again.sizeOf("N"), again.strict]).toEqual([true, 2, false]);
    const written = Object.fromEntries(dict.rawEntries());
    delete written["nothing"];
    const read = Object.fromEntries(again.rawEntries());
    expect(read["keypoints_convention"]).toBe("four");
    delete read["keypoints_convention"];
    expect(Object.keys(read)).toEqual(Object.keys(written));
    for (const [key, value] of Object.entries(read)) {
      if (value instanceof NdArray) expect(value.toList(), key).toEqual((written[key] as NdArray).toList());
    }
  });

  it("brings outdated forms up to date, leaves misfits as they are and fills in conventions", async () => {
    const bytes = await fileOf(
      { boxes: f4(2, 4), keypoints: f4(2, 4, 3), fps: "no number", other_one: f4(2, 4, 3) },
      codec,
    );
    const { dict, log } = make();
    await dict.load(bytes);
    expect([(dict.get("boxes") as NdArray).dtype, (dict.get("boxes") as NdArray).shape]).toEqual(["float64", [2, 5]]);
    expect([dict.get("fps"), dict.get("other_one_convention")]).toEqual(["no number", "four"]);
    expect(log.map(({ key }) => key)).toEqual(["keypoints_convention", "other_one_convention"]);
  });
});

describe("load", () => {
  it("merges into what is there", async () => {
    const { dict } = make({ fps: 25, boxes: f4(3, 5), len: 3 });
    await dict.load(await bytesOf(make({ boxes: f4(2, 5) }).dict, "npz"));
    expect([dict.get("fps"), dict.sizeOf("N"), [...dict.keys()]]).toEqual([25, 2, ["fps", "boxes"]]);
  });

  it("reports or refuses what breaks the schema, on request (Q8, Q9)", async () => {
    const bytes = await fileOf({ len: NdArray.from("int64", BigInt64Array.of(9n), []), boxes: f4(2, 5) });
    expect((await make().dict.load(bytes)).sizeOf("N")).toBe(9);
    const { dict, log } = make();
    await dict.load(bytes, { checks: "report" });
    expect(log.map(({ level, issue }) => [level, issue?.code, issue?.path])).toEqual([["warning", "symbol", "boxes"]]);
    const strict = make({ fps: 1 }).dict;
    const error = await strict.load(bytes, { checks: "refuse" }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(IssueError);
    expect([(error as IssueError).path, [...strict.keys()]]).toEqual(["boxes", ["fps"]]);
  });

  it("fails for a dict that should say how many frames there are and does not (Q14), and keeps what was", async () => {
    const { dict } = make({ fps: 1 });
    const bytes = await fileOf({ smpl: new Map([["pose", f4(2, 2, 3)]]) }, pickle);
    await expect(dict.load(bytes)).rejects.toSatisfy((error) => isFormatError(error, "missing"));
    expect([...dict.keys()]).toEqual(["fps"]);
  });

  it("takes a stated size that is none for not stated", async () => {
    const bytes = await fileOf({ len: "many", strict: 1, packed: "yes", boxes: f4(2, 5) }, pickle);
    const { dict } = make();
    await dict.load(bytes);
    expect([dict.sizeOf("N"), dict.strict, dict.packed]).toEqual([2, false, false]);
  });

  it("passes on what is wrong with the bytes", async () => {
    await expect(make().dict.load(new Uint8Array(0))).rejects.toSatisfy((error) => isFormatError(error, "truncated"));
    await expect(make().dict.load(new TextEncoder().encode("nothing"))).rejects.toSatisfy((error) =>
      isFormatError(error),
    );
    const list = new MemorySink();
    await pickle.write(list, [1], {});
    await expect(make().dict.load(list.bytes())).rejects.toSatisfy((error) => isFormatError(error));
  });

  it("drops keys that a class of dicts does not have as items (Q13)", async () => {
    const { dict } = make(undefined, {}, { dropped: ["fps"] });
    await dict.load(await fileOf({ fps: 25, boxes: f4(2, 5) }, pickle));
    expect([...dict.keys()]).toEqual(["boxes"]);
  });

  it("takes trees of values alike", async () => {
    const { dict } = make();
    await dict.loadTree(nodeOfValue(new Map<string, unknown>([["smpl", new Map([["betas", f4(2, 10)]])]])));
    expect([dict.sizeOf("N"), Object.keys(dict.get("smpl") as object)]).toEqual([2, ["betas"]]);
  });
});

describe("check and write", () => {
  it("look at the whole", async () => {
    const { dict } = make(source());
    expect((await dict.check()).filter(({ severity }) => severity !== "info")).toEqual([]);
    dict.update({ boxes: f4(3, 5), keypoints_mask: mask(1, 0) });
    const issues = await dict.check();
    expect(issues.map(({ code, path }) => [code, path])).toContainEqual(["symbol", "boxes"]);
    const sink = new MemorySink();
    await expect(dict.write(sink)).rejects.toSatisfy((error) => isFormatError(error, "unwritable"));
    expect(() => sink.parts()).toThrow();
    await dict.write(new MemorySink(), { check: "skip" });
  });

  it("state the sizes that were not known", async () => {
    const { dict } = make(source());
    dict.setSize("N", undefined);
    const again = await make().dict.load(await bytesOf(dict, "npz"));
    expect(again.sizeOf("N")).toBe(2);
  });
});
