import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeXz, openXz } from "../src/codec/xz/index.js";
import { FormatError } from "../src/errors.js";
import { decoded, ENGINES, sample } from "./support-xz.js";
import { type XzFileName, xzFile } from "./support-xz-files.js";

const CONTENT = sample(1500);
const FILES: readonly XzFileName[] = ["plain", "sized", "sha256", "none", "words", "delta"];

/** Where a file of these has its content's last byte decided: up to there, what comes out may be less than all. */
function isBeginning(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, CONTENT.subarray(0, bytes.byteLength)) === 0;
}

async function outcome(file: Uint8Array, engine: "wasm" | "javascript"): Promise<string> {
  const { bytes, error } = await decoded(file, { engine });
  return `${bytes.byteLength} ${Buffer.from(bytes).toString("base64")} ${error?.message}`;
}

describe("a file cut off at any byte", () => {
  it.each(FILES)("gives the beginning of the content, then says so: %s", async (name) => {
    const file = xzFile(name);
    let most = 0;
    for (let end = 0; end < file.byteLength; end++) {
      const { bytes, error } = await decoded(file.subarray(0, end));
      expect(`${end} ${error?.code}`).toBe(`${end} truncated`);
      expect(error?.offset).toBe(end);
      expect(isBeginning(bytes)).toBe(true);
      expect(bytes.byteLength).toBeGreaterThanOrEqual(most);
      most = bytes.byteLength;
      await expect(openXz(file.subarray(0, end))).rejects.toBeInstanceOf(FormatError);
    }
    expect(most).toBe(CONTENT.byteLength);
  });

  it("gives symbols up to the last whole one, with both decoders the same", async () => {
    const file = xzFile("plain");
    for (let end = 24; end < file.byteLength; end += 3) {
      const cut = file.subarray(0, end);
      expect(await outcome(cut, "wasm")).toBe(await outcome(cut, "javascript"));
    }
    const { bytes } = await decoded(file.subarray(0, 200));
    expect(bytes.byteLength).toBeGreaterThan(300);
  });
});

describe("a file with one byte changed", () => {
  it.each(FILES)("is refused, or the byte did not matter: %s", async (name) => {
    const file = xzFile(name);
    let refused = 0;
    for (let at = 0; at < file.byteLength; at++) {
      const broken = file.slice();
      broken[at] = (broken[at] as number) ^ (1 << (at % 8));
      const { bytes, error } = await decoded(broken);
      if (error) refused++;
      else if (name !== "none") expect(Buffer.compare(bytes, CONTENT)).toBe(0);
      // A pointer into the file that leads nowhere is as bad as none.
      if (error) expect(error.offset).toBeLessThanOrEqual(file.byteLength);
    }
    expect(refused).toBeGreaterThan(name === "none" ? 100 : file.byteLength - 2);
  });

  it("gives the same with both decoders", async () => {
    const file = xzFile("none");
    for (let at = 24; at < 300; at++) {
      const broken = file.slice();
      broken[at] = (broken[at] as number) ^ 0x40;
      expect(await outcome(broken, "wasm")).toBe(await outcome(broken, "javascript"));
    }
  });

  it("is found by its indexes, or by the block that is read", async () => {
    const file = xzFile("sized");
    for (let at = 0; at < file.byteLength; at++) {
      const broken = file.slice();
      broken[at] = (broken[at] as number) ^ (1 << (at % 8));
      try {
        const opened = await openXz(broken);
        expect(Buffer.compare(await opened.read(0, opened.byteLength), CONTENT)).toBe(0);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }
  });
});

describe("bytes that mean nothing", () => {
  it("end in an error, never in a crash, inside a block whose frame is right", async () => {
    const header = xzFile("none").subarray(0, 24);
    const run = fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 400 }),
      fc.constantFrom(0x01, 0xe0, 0xe1, 0xff),
      async (data, control) => {
        const file = Uint8Array.of(...header, control, 0, data.length & 0xff, ...data);
        const [first, second] = await Promise.all(ENGINES.map((engine) => outcome(file, engine as "wasm")));
        expect(first).toBe(second);
        expect(first).not.toContain("undefined");
      },
    );
    await fc.assert(run, { numRuns: 500, seed: 1 });
  });

  it("are found in the middle of a long block, which is given up to there", async () => {
    const content = sample(2_000_000);
    const file = await encodeXz(content, { preset: 1 });
    const middle = file.byteLength >> 1;
    file.fill(0xa5, middle, middle + 100);
    for (const engine of ENGINES) {
      const { bytes, error } = await decoded(file, { engine });
      expect(error?.path).toBe("streams[0].blocks[0]");
      expect(["corrupt", "checksum"]).toContain(error?.code);
      expect(bytes.byteLength).toBeGreaterThan(500_000);
      expect(Buffer.compare(bytes.subarray(0, 500_000), content.subarray(0, 500_000))).toBe(0);
    }
  });
});

describe("chunks in an order that is not allowed", () => {
  const header = xzFile("none").subarray(0, 24);
  it.each([
    ["a compressed chunk that resets nothing first", [0x80, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0]],
    ["a stored chunk that keeps a dictionary first", [0x02, 0, 0, 65, 0]],
    ["a control byte that means nothing", [0x03, 0, 0]],
    ["a state reset without properties after a stored chunk", [0x01, 0, 0, 65, 0xa0, 0, 0, 0, 5]],
    ["properties that are too large", [0xe0, 0, 0, 0, 5, 225]],
    ["lc + lp above 4", [0xe0, 0, 0, 0, 5, 4 + 9]],
    ["range coder that does not begin with 0", [0xe0, 0, 0, 0, 5, 93, 1, 0, 0, 0, 0, 0]],
  ])("%s is damage", async (_, chunk) => {
    for (const engine of ENGINES) {
      const { error } = await decoded(Uint8Array.of(...header, ...chunk), { engine });
      expect(error?.code).toBe("corrupt");
    }
  });
});
