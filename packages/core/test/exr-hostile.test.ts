import { describe, expect, it } from "vitest";
import { openExr } from "../src/codec/exr/index.js";
import { codesOf } from "../src/codec/exr/piz/huffman-codes.js";
import { decodeHuffman } from "../src/codec/exr/piz/huffman-decode.js";
import { encodeHuffman } from "../src/codec/exr/piz/huffman-encode.js";
import { decodeRuns } from "../src/codec/exr/rle.js";
import { FormatError, type FormatErrorCode } from "../src/errors.js";
import { bitsOf, exrBytes, fileOf, headerOf, type Planes, plane, readBack } from "./support-exr.js";
import { imageBytes, samples } from "./support-images.js";
import { countingSource, formatError, noise, text } from "./support-io.js";

/** The picture in `bytes`, or the `FormatError` that says why there is none. Anything else is a failure. */
async function pictureOrError(bytes: Uint8Array): Promise<Planes | FormatError> {
  try {
    return (await readBack(bytes)).planes;
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
}

const changed = (bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array<ArrayBuffer> => {
  const copy = new Uint8Array(bytes);
  copy.set(values, at);
  return copy;
};

/** Where the value of an attribute begins. */
function attributeAt(bytes: Uint8Array, name: string, type: string): number {
  const start = Buffer.from(bytes).indexOf(`${name}\0${type}\0`);
  expect(start).toBeGreaterThan(0);
  return start + name.length + type.length + 2 + 4;
}

const tableAt = (bytes: Uint8Array): number => {
  // The empty name behind the last attribute, which the writer puts last.
  const at = attributeAt(bytes, "screenWindowWidth", "float");
  return at + 4 + 1;
};

/** A file of two blocks, both compressed. */
const good = await exrBytes(new Map([["Y", plane("float32", 20, 8, "few")]]));

describe("damaged samples", () => {
  it.each([
    ["exr_bad_zlib", "corrupt", /compressed data/],
    ["exr_header_cut", "truncated", /header ends early/],
    ["exr_huge_window", "limit", /data window/],
    ["exr_not_exr", "not-this-format", /magic/],
    ["exr_truncated", "truncated", /header ends early/],
  ] as const)("%s: %s, and where", async (name, code, reason) => {
    const error = await formatError(() => readBack(imageBytes(`bad/${name}.exr`)), code);
    expect(error.reason).toMatch(reason);
    expect(error.offset).toBeTypeOf("number");
  });

  it.each(samples(".exr"))("%s is no picture when it is cut anywhere", async (name) => {
    const bytes = imageBytes(name);
    for (let end = 0; end < bytes.byteLength; end++) {
      const found = await pictureOrError(bytes.subarray(0, end));
      expect(found, `cut at ${end}`).toBeInstanceOf(FormatError);
      expect((found as FormatError).offset, `cut at ${end}: ${(found as FormatError).message}`).toBeTypeOf("number");
    }
  });

  it.each(samples(".exr"))("%s with any byte changed ends in an error or in a picture, at once", async (name) => {
    const bytes = imageBytes(name);
    for (let at = 0; at < bytes.byteLength; at++) {
      for (const change of [0x01, 0x80]) {
        const found = await pictureOrError(changed(bytes, at, (bytes[at] as number) ^ change));
        if (!(found instanceof FormatError)) expect(found.size).toBeGreaterThan(0);
      }
    }
  });

  it("compressed by ZIP are found out by the checksum, save for what Adler-32 cannot see", async () => {
    const planes = new Map([
      ["R", plane("float32", 40, 20, "few")],
      ["id", plane("uint32", 40, 20, "few")],
    ]);
    const bytes = await exrBytes(planes);
    const right = bitsOf(planes);
    let wrong = 0;
    for (let at = tableAt(bytes); at < bytes.byteLength; at++) {
      const found = await pictureOrError(changed(bytes, at, (bytes[at] as number) ^ 0x10));
      if (found instanceof FormatError) continue;
      if (JSON.stringify(bitsOf(found)) !== JSON.stringify(right)) wrong++;
    }
    // Few values in other places: the sum of some of those is the same.
    expect(wrong).toBeLessThan(0.02 * bytes.byteLength);
  });
});

describe("a header", () => {
  const view = new DataView(good.buffer);

  it.each([
    ["tiles", 5, 0x02],
    ["deep data", 5, 0x08],
    ["several parts", 5, 0x10],
    ["flags that nobody knows", 6, 0x01],
    ["another version", 4, 3],
  ])("with %s is refused by name", async (_, at, value) => {
    const error = await formatError(() => openExr(changed(good, at, value)), "unsupported");
    expect(error.offset).toBe(4);
  });

  it.each([
    [5, "PXR24"],
    [6, "B44"],
    [7, "B44A"],
    [8, "DWAA"],
    [9, "DWAB"],
    [77, "number 77"],
  ])("with compression %i is refused as %s", async (code, name) => {
    const at = attributeAt(good, "compression", "compression");
    const error = await formatError(() => openExr(changed(good, at, code)), "unsupported");
    expect([error.reason, error.offset]).toEqual([`OpenEXR compression ${name} is not supported`, at]);
  });

  const windowAt = attributeAt(good, "dataWindow", "box2i");
  const window = (...values: readonly number[]): number[] => [...new Uint8Array(Int32Array.from(values).buffer)];
  const channelsAt = attributeAt(good, "channels", "chlist");
  it.each<readonly [string, number, readonly number[], FormatErrorCode]>([
    ["a window upside down", windowAt, window(0, 5, 7, 4), "corrupt"],
    ["a window beyond what the format has", windowAt, window(-(2 ** 31), 0, 7, 19), "limit"],
    ["a window that the file cannot fill", windowAt, window(0, 0, 2 ** 30, 19), "limit"],
    ["more lines than the file can hold", windowAt, window(0, 0, 0, 2 ** 30), "limit"],
    ["lines in random order", attributeAt(good, "lineOrder", "lineOrder"), [2], "corrupt"],
    ["an unknown pixel type", channelsAt + 2, [3], "corrupt"],
    ["sampling by zero", channelsAt + 10, [0], "corrupt"],
    ["sampling by less", channelsAt + 14, [255, 255, 255, 255], "corrupt"],
    ["a channel list that does not end", channelsAt + 18, [66], "corrupt"],
    ["a window of another type", windowAt - 10, [...text("box2f")], "corrupt"],
    ["an attribute of less than no bytes", windowAt - 4, [255, 255, 255, 255], "corrupt"],
    ["a name that is no UTF-8", good.indexOf(0x64, 60), [0xff], "corrupt"],
  ])("with %s is refused", async (_, at, values, code) => {
    const error = await formatError(() => openExr(changed(good, at, ...values)), code);
    expect(error.offset).toBeTypeOf("number");
  });

  it("must not have an attribute or a channel twice, nor channels out of order", async () => {
    const sampling = [1, 1] as const;
    const channel = (name: string) => ({ name, dtype: "float16", sampling, linear: false }) as const;
    for (const names of [["R", "R"], ["R", "G"], []]) {
      const bytes = fileOf(headerOf({ channels: names.map(channel) }), []);
      await formatError(() => openExr(bytes), "corrupt");
    }
    const twice = Buffer.from(good);
    twice.write("displayWindow\0", twice.indexOf("screenWindowCenter"));
    await expect(openExr(new Uint8Array(twice))).rejects.toThrow(FormatError);
  });

  it("needs all that says how pixels are stored", async () => {
    for (const name of ["channels", "compression", "dataWindow", "displayWindow", "lineOrder"]) {
      const bytes = changed(good, Buffer.from(good).indexOf(name), 0x5a);
      const error = await formatError(() => openExr(bytes), "corrupt");
      expect(error.reason).toBe(`attribute ${name} is missing`);
    }
  });

  it("that claims to be endless is given up soon, whatever follows it", async () => {
    const endless = new Uint8Array(1 << 20).fill(0x61);
    endless.set(good.subarray(0, 8));
    await formatError(() => openExr(endless), "corrupt");
    const start = Buffer.concat([good.subarray(0, 8), text("a\0opaque\0")]);
    const long = new Uint8Array(80 << 20);
    long.set(start);
    new DataView(long.buffer).setInt32(start.byteLength, 2 ** 31 - 1, true);
    const source = countingSource(long);
    await formatError(() => openExr(source), "limit");
    expect(source.bytesRead).toBeLessThan(100 << 20);
  });

  it.each<readonly [string, (table: DataView, at: number) => void, FormatErrorCode]>([
    ["that was never written", (table, at) => table.setBigUint64(at, 0n, true), "truncated"],
    ["inside the header", (table, at) => table.setBigUint64(at, 40n, true), "corrupt"],
    ["behind the end", (table, at) => table.setBigUint64(at, 2n ** 63n, true), "truncated"],
    [
      "at the place of another",
      (table, at) => table.setBigUint64(at + 8, table.getBigUint64(at, true), true),
      "corrupt",
    ],
    [
      "in the middle of another",
      (table, at) => table.setBigUint64(at, table.getBigUint64(at, true) + 3n, true),
      "corrupt",
    ],
    [
      "of other lines",
      (table, at) => {
        const first = table.getBigUint64(at, true);
        table.setBigUint64(at, table.getBigUint64(at + 8, true), true);
        table.setBigUint64(at + 8, first, true);
      },
      "corrupt",
    ],
  ])("must not point to a block %s", async (_, change, code) => {
    const bytes = new Uint8Array(good);
    change(new DataView(bytes.buffer), tableAt(good));
    const error = await formatError(() => readBack(bytes), code);
    expect(error.offset).toBeTypeOf("number");
  });

  it.each([
    ["a negative size", [255, 255, 255, 255], "corrupt"],
    ["more bytes than its samples have", [0, 0, 1, 0], "corrupt"],
    ["more bytes than there are", [0xff, 1, 0, 0], "truncated"],
  ] as const)("must not be followed by a block of %s", async (_, size, code) => {
    const last = Number(view.getBigUint64(tableAt(good) + 8, true));
    const bytes = size[1] === 1 ? changed(good, last - 0 + 4, 100, 0, 0, 0) : changed(good, last + 4, ...size);
    const error = await formatError(() => readBack(bytes), code);
    expect(error.offset).toBe(last + 4);
  });
});

describe("sizes", () => {
  it("larger than a hundred times the file are not given memory unless the caller says so", async () => {
    const blank = new Map([["Y", plane("float32", 4096, 4096, "constant")]]);
    const bytes = await exrBytes(blank);
    expect(bytes.byteLength * 100).toBeLessThan(4096 * 4096 * 4);
    const file = await openExr(bytes);
    await formatError(() => file.read(), "limit");
    expect((await file.read({ rows: [4000, 4010] })).get("Y")?.get(9, 4095)).toBe(3);
    const whole = await (await openExr(bytes, { maxLoadBytes: 2 ** 26 })).read();
    expect(whole.get("Y")?.get(4095, 4095)).toBe(3);
  });
});

describe("run lengths", () => {
  it.each([
    ["cut in a run", [5], "truncated"],
    ["cut in a literal", [-3 & 255, 1, 2], "truncated"],
    ["more than there should be", [9, 1], "limit"],
    ["fewer than there should be", [2, 1], "truncated"],
  ] as const)("%s are refused", async (_, bytes, code) => {
    await formatError(() => decodeRuns(Uint8Array.from(bytes), 8), code);
  });
});

describe("Huffman codes", () => {
  const values = Uint16Array.from(noise(4000), (byte, i) => (i % 5 === 0 ? byte * 257 : byte >> 6));
  const encoded = encodeHuffman(values);

  it("hold any values, of one kind or of all 65,536", () => {
    const all = Uint16Array.from({ length: 70_000 }, (_, i) => (i * 40_503) & 0xffff);
    // Weights like Fibonacci's numbers make the longest codes.
    const skew: number[] = [];
    for (let symbol = 0, a = 1, b = 1; symbol < 22; symbol++, [a, b] = [b, a + b])
      for (let i = 0; i < a; i++) skew.push(symbol * 7);
    for (const some of [values, all, Uint16Array.from(skew), new Uint16Array(3000), Uint16Array.of(65_535)])
      expect(decodeHuffman(encodeHuffman(some), some.length)).toEqual(some);
  });

  it("longer than a word are read and written", () => {
    // One symbol of each length up to 40: lengths that only far more values than fit into memory would get.
    const lengths = Uint8Array.from({ length: 41 }, (_, i) => Math.min(i + 1, 40));
    const codes = codesOf(lengths);
    const bits: number[] = [];
    const put = (value: number, count: number): void => {
      for (let bit = count - 1; bit >= 0; bit--) bits.push(Math.floor(value / 2 ** bit) % 2);
    };
    for (const length of lengths) put(length, 6);
    while (bits.length % 8) bits.push(0);
    const tableBytes = bits.length / 8;
    const symbols = [0, 39, 5, 33, 31, 30, 38, 11, 12, 13];
    const used = bits.length;
    // Codes of one length ascend; symbol 40 shares its length with 39 and stands behind it.
    for (const symbol of symbols) put(codes.first[lengths[symbol] as number] as number, lengths[symbol] as number);
    const count = bits.length - used;
    while (bits.length % 8) bits.push(0);
    const head = new Uint8Array(Uint32Array.of(0, 40, tableBytes, count, 0).buffer);
    const body = Uint8Array.from({ length: bits.length / 8 }, (_, i) =>
      Number.parseInt(bits.slice(8 * i, 8 * i + 8).join(""), 2),
    );
    const stored = new Uint8Array(Buffer.concat([head, body]));
    expect([...decodeHuffman(stored, symbols.length)]).toEqual(symbols);
  });

  it.each([
    ["too few values", 3999, "limit"],
    ["too many values", 4001, "truncated"],
  ] as const)("with %s are refused", async (_, size, code) => {
    await formatError(() => decodeHuffman(encoded, size), code);
  });

  it("whose lengths are no code are refused", async () => {
    await formatError(() => codesOf(Uint8Array.of(1, 1, 1)), "corrupt");
    await formatError(() => codesOf(Uint8Array.of(1, 2, 3)), "corrupt");
    await formatError(() => codesOf(Uint8Array.of(1, 1, 2, 2)), "corrupt");
  });

  it("cut or changed anywhere end in an error or in as many values", async () => {
    for (let end = 0; end < encoded.byteLength; end++)
      await formatError(() => decodeHuffman(encoded.subarray(0, end), 4000));
    for (let at = 0; at < encoded.byteLength; at++) {
      for (const change of [0x01, 0x40]) {
        try {
          expect(decodeHuffman(changed(encoded, at, (encoded[at] as number) ^ change), 4000).length).toBe(4000);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }
    }
  });
});
