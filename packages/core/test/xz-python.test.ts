import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeXz, readXz } from "../src/codec/xz/index.js";
import { noise } from "./support-io.js";
import { python, withFolder } from "./support-python.js";
import { ENGINES, sample } from "./support-xz.js";

const PYTHON = process.env["SOMAKIT_PYTHON"] ?? "/usr/bin/python3";
const hasLzma = spawnSync(PYTHON, ["-c", "import lzma"]).status === 0;

const CONTENT = new Uint8Array(Buffer.concat([sample(70_000), noise(5000), sample(40_000)]));

const DECOMPRESS = `
import lzma, sys
with lzma.open(sys.argv[1]) as file, open(sys.argv[2], "wb") as out:
    out.write(file.read())
`;

const COMPRESS = `
import json, lzma, sys
with open(sys.argv[1], "rb") as file, open(sys.argv[2], "wb") as out:
    out.write(lzma.compress(file.read(), check=int(sys.argv[3]), filters=json.loads(sys.argv[4])))
`;

describe.skipIf(!hasLzma)("Python's lzma", () => {
  it.each(["none", "crc32", "crc64", "sha256"] as const)("reads what is written with the check %s", async (check) => {
    await withFolder(async (folder) => {
      const [file, out] = [join(folder, "a.xz"), join(folder, "a")] as const;
      const streams = await Promise.all(
        [0, 4, "store" as const].map((preset) => encodeXz(CONTENT, { preset: preset as 0, check, blockBytes: 40_000 })),
      );
      writeFileSync(file, Buffer.concat(streams));
      python(DECOMPRESS, file, out);
      expect(Buffer.compare(readFileSync(out), Buffer.concat([CONTENT, CONTENT, CONTENT]))).toBe(0);
    });
  });

  it.each([
    ["its defaults", 4, [{ id: 0x21, preset: 6 }]],
    [
      "a delta filter",
      1,
      [
        { id: 3, dist: 4 },
        { id: 0x21, preset: 1 },
      ],
    ],
    ["other properties", 10, [{ id: 0x21, preset: 1, lc: 0, lp: 4, pb: 0 }]],
    ["a tiny dictionary", 0, [{ id: 0x21, preset: 9, dict_size: 4096 }]],
  ] as const)("writes with %s what is read", async (_, check, filters) => {
    await withFolder(async (folder) => {
      const [file, out] = [join(folder, "a"), join(folder, "a.xz")] as const;
      writeFileSync(file, CONTENT);
      python(COMPRESS, file, out, String(check), JSON.stringify(filters));
      const written = new Uint8Array(readFileSync(out));
      for (const engine of ENGINES) expect(Buffer.compare(await readXz(written, { engine }), CONTENT)).toBe(0);
    });
  });
});
