import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fileSource } from "../src/node/index.js";
import { readBriefly } from "../src/source/briefly.js";
import { memorySource } from "../src/source/memory.js";
import type { Source } from "../src/source/source.js";
import { noise } from "./support-io.js";
import { withFolder } from "./support-python.js";

describe("readBriefly", () => {
  it("gives all bytes of files, several at once and of any size", async () => {
    await withFolder(async (root) => {
      const contents = [0, 1, 5000, 16_384, 16_385, 300_000, 1 << 20, (1 << 20) + 1].map(noise);
      const found = await Promise.all(
        [...contents, ...contents].map(async (content, index) => {
          const path = join(root, String(index));
          writeFileSync(path, content);
          const source = await fileSource(path);
          const isSame = await readBriefly(source, (bytes) => Buffer.compare(bytes, content) === 0);
          await source.close?.();
          return isSame;
        }),
      );
      expect(found.every(Boolean)).toBe(true);
    });
  });

  it("uses the memory of one call again for the next, also after it has failed", async () => {
    const homes = new Set<ArrayBufferLike>();
    const source: Source = {
      byteLength: 100_000,
      name: "",
      read: async () => new Uint8Array(100_000),
      readInto: async (target, start) => void target.fill(start + 7),
    };
    for (let i = 0; i < 5; i++) {
      await readBriefly(source, ({ buffer }) => homes.add(buffer));
      await expect(readBriefly(source, () => JSON.parse("{"))).rejects.toThrow(SyntaxError);
    }
    expect(homes.size).toBe(1);
  });

  it("never uses memory again that a failed read may be filling still", async () => {
    const homes = new Set<ArrayBufferLike>();
    const failing: Source = {
      byteLength: 900_000,
      name: "",
      read: async () => new Uint8Array(0),
      async readInto({ buffer }) {
        homes.add(buffer);
        throw new Error("the disk is gone");
      },
    };
    for (let i = 0; i < 3; i++) await expect(readBriefly(failing, () => 0)).rejects.toThrow("gone");
    expect(homes.size).toBe(3);
  });

  it("takes the bytes themselves where they are in memory", async () => {
    const bytes = noise(10);
    expect(await readBriefly(memorySource(bytes), ({ buffer }) => buffer)).toBe(bytes.buffer);
  });
});
