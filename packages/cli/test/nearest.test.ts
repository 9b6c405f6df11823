import { writeFileSync } from "node:fs";
import { json as jsonCodec, npz, pickle, type Value, zeros } from "@somakit/core";
import { fileSink } from "@somakit/core/node";
import { expect, test } from "vitest";
import { fixture, json, succeed, workFolder } from "./work-folder.js";

const { path } = workFolder();
const points = zeros("float64", [3, 4, 3]);

test.each([
  [
    "npz",
    npz,
    new Map([
      ["keypoints2d", points],
      ["foo", points],
    ]),
    "humandata",
    ["foo"],
    [],
  ],
  [
    "pkl",
    pickle,
    new Map<Value, Value>([
      ["annotations", []],
      ["splits", new Map()],
    ]),
    "pyskl",
    ["splits"],
    ["split"],
  ],
  [
    "json",
    jsonCodec,
    new Map([
      ["images", []],
      ["annotation", []],
    ]),
    "coco",
    ["annotation"],
    [],
  ],
] as const)(
  "info of an unknown %s says what it holds, and which data set it is most like",
  async (ending, codec, tree, id, extra, missing) => {
    const file = path(`odd.${ending}`);
    await codec.write(await fileSink(file), tree as never, {});
    const { dataset, nearest, keys } = await json<{ dataset: unknown; nearest: unknown; keys: { key: string }[] }>([
      "info",
      file,
    ]);
    expect(dataset).toBeNull();
    expect(nearest).toMatchObject({ id, extra, missing });
    expect(keys.map(({ key }) => key)).toEqual([...tree.keys()]);
    const { stdout } = await succeed(["info", file]);
    expect(stdout).toMatch(/^data set {2}no known data set, shown as /m);
    expect(stdout).toMatch(new RegExp(`^nearest {3}.* \\(${id}\\): 1 key in common`, "m"));
  },
);

test("attributes of HDF5 count as what the file has", async () => {
  const { nearest } = await json<{ nearest: { id: string; missing: readonly string[] } | null }>([
    "info",
    fixture("../skelshop/bad_fmt_type_unknown.h5"),
  ]);
  expect(nearest?.id).toMatch(/^skelshop\//);
  expect(nearest?.missing).toEqual([]);
});

test("what shares no key with anything is like nothing", async () => {
  writeFileSync(path("plain.json"), '{"a": 1}');
  expect((await json(["info", path("plain.json")]))["nearest"]).toBeNull();
});
