import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { npz } from "../src/codec/npz/index.js";
import { fileSink, fileSource } from "../src/node/index.js";
import { digest } from "../src/tree/digest.js";
import type { ArrayNode, GroupNode } from "../src/tree/node.js";
import type { WriteTree } from "../src/tree/write.js";
import type { Value } from "../src/value/value.js";
import { hasNumpy, python, withFolder } from "./support-python.js";

// Needs 15 GB of disk, 5 GB of memory and some minutes: SOMAKIT_BIG=1 npx vitest run npz-big
const wanted = process.env["SOMAKIT_BIG"] === "1" && hasNumpy;

const SHAPE = [1150, 1000, 1000];
const PYTHON_ARRAY = `import sys, numpy as np
def make():
    a = np.zeros(${JSON.stringify(SHAPE)}, 'f4')
    a[0, 0, 0], a[600, 1, 2], a[-1, -1, -1] = 1, 2, 3
    return a
`;

describe.runIf(wanted).each(["stored", "deflated"])("entries over 4 GiB, %s", (method) => {
  it("are read and written like others", { timeout: 1_800_000 }, async () => {
    await withFolder(async (folder) => {
      const theirs = join(folder, "numpy.npz");
      const save = method === "stored" ? "savez" : "savez_compressed";
      python(`${PYTHON_ARRAY}np.${save}(sys.argv[1], big=make(), after=np.arange(5))`, theirs);
      const report: string[] = [];
      const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
        const start = performance.now();
        const result = await work();
        const peak = process.resourceUsage().maxRSS / 1024;
        report.push(`${what} ${((performance.now() - start) / 1000).toFixed(2)} s, peak so far ${peak.toFixed(0)} MiB`);
        return result;
      };

      const source = await fileSource(theirs);
      const root = (await npz.open(source)) as GroupNode;
      const after = (await root.child("after")) as ArrayNode;
      expect((await after.load()).toList()).toEqual([0n, 1n, 2n, 3n, 4n]);
      const big = (await root.child("big")) as ArrayNode;
      expect(big.shape).toEqual(SHAPE);
      const description = await timed("digest", () => digest(big));
      expect(description["npy"]).toMatchObject({ first: [1, 0, 0, 0, 0, 0, 0, 0], sum: 6 });

      const ours = join(folder, "ours.npz");
      const compression = method === "stored" ? "none" : "fast";
      const check = `${PYTHON_ARRAY}
with np.load(sys.argv[1]) as z:
    b = z['big']
    print(b.shape, b[0, 0, 0], b[600, 1, 2], b[-1, -1, -1], np.count_nonzero(b), z['after'].tolist())`;
      const expected = `(${SHAPE.join(", ")}) 1.0 2.0 3.0 3 [0, 1, 2, 3, 4]\n`;

      const copy = new Map<Value, WriteTree>([
        ["big", big],
        ["after", after],
      ]);
      const sink = await fileSink(ours);
      await timed("copy", () => npz.write(sink, copy, { compression }));
      expect(python(check, ours)).toBe(expected);
      rmSync(ours);

      const array = await timed("load", () => big.load());
      expect([array.get(0, 0, 0), array.get(600, 1, 2), array.get(-1, -1, -1)]).toEqual([1, 2, 3]);
      const second = await fileSink(ours);
      await timed("save", () =>
        npz.write(
          second,
          new Map<Value, WriteTree>([
            ["big", array],
            ["after", 7],
          ]),
          { compression },
        ),
      );
      expect(python(check.replace("z['after'].tolist()", "[0, 1, 2, 3, 4]"), ours)).toBe(expected);
      await source.close?.();
      console.info(`${method}:\n  ${report.join("\n  ")}`);
    });
  });
});
