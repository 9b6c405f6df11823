import { expect, test } from "vitest";
import { decodeHalves, encodeHalves, toHalf } from "../src/ndarray/float16.js";

const singles = (bits: Iterable<number>): Float32Array => new Float32Array(Uint32Array.from(bits).buffer);

test("every half that is a number is its own encoding", () => {
  const halves = Uint16Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => (bits & 0x7fff) <= 0x7c00);
  expect(encodeHalves(decodeHalves(halves))).toEqual(halves);
});

test("halfway and beside it, rounding is that of toHalf", () => {
  const bits: number[] = [];
  for (let half = 0; half < 0x7c00; half++) {
    const [low, high] = decodeHalves(Uint16Array.of(half, half + 1)) as unknown as [number, number];
    const top = Number.isFinite(high) ? high : 65536;
    const middle = new Uint32Array(Float32Array.of((low + top) / 2).buffer)[0] as number;
    bits.push(middle - 1, middle, middle + 1);
  }
  const values = singles(
    bits.flatMap((one) => [one >>> 0, (one | 0x80000000) >>> 0]).filter((one) => one !== 0xffffffff),
  );
  const expected = Uint16Array.from(values, toHalf);
  expect(encodeHalves(values)).toEqual(expected);
});

test("the smallest and largest numbers, infinities and NaN are as toHalf has them", () => {
  const values = Float32Array.of(
    0,
    -0,
    2 ** -149,
    -(2 ** -149),
    2 ** -25,
    65504,
    65519.996,
    65520,
    -65520,
    3e38,
    Infinity,
    -Infinity,
    NaN,
  );
  expect([...encodeHalves(values)]).toEqual([...values].map(toHalf));
});

test("views into larger memory are encoded alone", () => {
  const memory = Float32Array.of(1, 2, 3, 4);
  expect([...decodeHalves(encodeHalves(memory.subarray(1, 3)))]).toEqual([2, 3]);
});
