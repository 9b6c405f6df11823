import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as core from "@somakit/core";
import { cache, HumanDataDict, multi } from "@somakit/formats/humandata";
import { describe, expect, it } from "vitest";
import { codeBlocks } from "./support/markdown.js";
import { runSample } from "./support/samples.js";

const docs = resolve(import.meta.dirname, "../docs");
const read = (name: string): string => readFileSync(join(docs, name), "utf8");

describe.each(["conventions.md", "datagen.md", "humandata.md", "pictures.md"])("the page %s", (name) => {
  const page = read(name);
  const samples = codeBlocks(page, "ts");
  const outputs = codeBlocks(page, "text");

  it("has an output for every sample", () => {
    expect(samples.length).toBeGreaterThan(3);
    expect(outputs).toHaveLength(samples.length);
  });

  it.each(samples.map((sample, index) => [index, sample] as const))(
    "shows in sample %i what it prints",
    (index, sample) => {
      expect(runSample(sample)).toEqual({ stdout: outputs[index], stderr: "" });
    },
  );

  it("links to pages, and places on the page, that are there", () => {
    const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, text]) => anchorOf(text as string));
    for (const [, path, anchor] of page.matchAll(/\]\(([^)#]*)#?([^)]*)\)/g)) {
      if (path === "") expect(headings).toContain(anchor);
      else expect([path, existsSync(join(dirname(join(docs, name)), path as string))]).toEqual([path, true]);
    }
  });
});

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");
}

describe("the page for users of mmhuman3d", () => {
  const [page = ""] = read("humandata.md").split("\n## What differs");
  /** What its tables say that is here: their second columns. */
  const here = page
    .split("\n")
    .filter((line) => line.startsWith("| ") && line.includes("`"))
    .map((line) => line.split(" | ")[1] as string);

  const named = (pattern: RegExp): readonly string[] => {
    const found = here.flatMap((cell) => [...cell.matchAll(pattern)].map(([, name]) => name as string));
    return [...new Set(found)];
  };

  it("names methods that a HumanDataDict has", () => {
    const data = new HumanDataDict();
    const names = named(/\b(?:data|a)\.(?!md\b)(\w+)/g);
    expect(names.length).toBeGreaterThan(25);
    expect(names.filter((name) => !(name in data))).toEqual([]);
    expect(named(/HumanDataDict\.(\w+)/g).filter((name) => !(name in HumanDataDict))).toEqual([]);
    expect(named(/reader\.(\w+)/g).filter((name) => !(name in cache.HumanDataCache.prototype))).toEqual([]);
    expect(named(/cache\.(\w+)/g).filter((name) => !(name in cache))).toEqual([]);
    expect("instanceNum" in multi.MultiHumanDataDict.prototype).toBe(true);
  });

  it("names functions that core has", () => {
    const names = named(/(?<![.\w])([a-z]\w+)\((?!path)/g).filter((name) => name !== "loadConvention");
    expect(names).toContain("flipPairs");
    expect(names.filter((name) => !(name in core) && name !== "fileSink")).toEqual([]);
  });

  it("shows everything that the original has", () => {
    expect(ORIGINAL.filter((name) => !page.includes(name))).toEqual([]);
  });
});

/** What mmhuman3d's class has, as its documentation and its class body list it. */
const ORIGINAL = [
  "new",
  "fromfile",
  "load",
  "dump",
  "load_by_pickle",
  "dump_by_pickle",
  "get_key_strict",
  "set_key_strict",
  "pop_unsupported_items",
  "data_len",
  "check_keypoints_compressed",
  "compress_keypoints_by_mask",
  "decompress_keypoints",
  "generate_mask_from_confidence",
  "get_raw_value",
  "set_raw_value",
  "get_value_in_shape",
  "get_slice",
  "concatenate",
  "to",
  "get_sliced_cache",
  "set_logger",
  "SUPPORTED_KEYS",
  "WARNED_KEYS",
  "convert_kps",
  "get_mapping",
  "get_flip_pairs",
  "get_keypoint_idxs_by_part",
  "get_keypoint_idx",
  "get_keypoint_num",
  "compress_converted_kps",
].map((name) => (/^[a-z]+$/.test(name) ? `.${name}(` : name));
