import { type NdArray, openExr, readPng } from "@somakit/core";
import { digestOf, type ExpectedArray } from "../../../support/expected-array.js";
import { differences } from "../../compare.js";
import type { Fixtures } from "../../fixtures.js";
import type { Check, Difference } from "../../system.js";

type Members = Readonly<Record<string, unknown>>;

const COMPRESSIONS: Readonly<Record<string, string>> = { "run-length encoding": "rle" };

/** A sample of a codec: every array in it, and what its header says. */
export function imageChecks(path: string, expected: Members, fixtures: Fixtures): readonly Check[] {
  const bytes = fixtures.bytes(path);
  const run = path.endsWith(".png") ? () => pngDifferences(bytes, expected) : () => exrDifferences(bytes, expected);
  return [{ name: "image", run }];
}

async function pngDifferences(
  bytes: Uint8Array,
  { raw, width, height, bit_depth }: Members,
): Promise<readonly Difference[]> {
  const image = await readPng(bytes);
  const found = [image.width, image.height, image.bitDepth];
  return [
    ...differences([width, height, bit_depth], found, "header"),
    ...differences(wanted(raw), digestOf(image.array as unknown as NdArray), "raw"),
  ];
}

async function exrDifferences(bytes: Uint8Array, expected: Members): Promise<readonly Difference[]> {
  const file = await openExr(bytes);
  const header = expected["exr"] as Members;
  const { compression, dataWindow, channels } = file.header;
  const { xMin, yMin, xMax, yMax } = dataWindow;
  const stated = String(header["compression"]);
  const planes = await file.read();
  return [
    // Their reader calls both forms of ZIP by one name.
    ...differences(COMPRESSIONS[stated] ?? stated, compression.replace(/^zips$/, "zip"), "compression"),
    ...differences(header["dataWindow"], [xMin, yMin, xMax, yMax], "dataWindow"),
    ...differences(
      Object.keys(header["channels"] as Members).sort(),
      channels.map(({ name }) => name).sort(),
      "channels",
    ),
    ...Object.entries(expected["planes"] as Members).flatMap(([name, plane]) =>
      differences(wanted(plane), digestOf(planes.get(name) as unknown as NdArray), name),
    ),
  ];
}

function wanted(array: unknown): ExpectedArray {
  const { dtype, shape, sha256 } = array as ExpectedArray;
  return { dtype, shape, sha256 };
}
