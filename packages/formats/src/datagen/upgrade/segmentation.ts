import type { ColourLabel, Segmentation } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import { NdArray } from "@somakit/core/ndarray";
import { sharedColours, UNKNOWN_LABEL } from "@somakit/core/segmentation";
import type { Json } from "./documents.js";

const MOST = 65535;

/** Colours of 0 to 1 as whole numbers of 16 bits, with the image that has them. */
export interface Segmentation16 {
  /** (H, W, 3). */
  readonly image: NdArray<"uint16">;
  readonly table: Json;
}

/**
 * A segmentation by colours from 0 to 1 as one of 16-bit colours: each pixel gets its label's colour, to the last bit. Black without
 * a label becomes `background`, as it is called today; pixels of other unknown colours become (1, 1, 1), which no label has. Throws `FormatError` `unwritable` for labels that
 * would share a colour.
 */
export function segmentation16(segmentation: Segmentation, stored: NdArray): Segmentation16 {
  const own = segmentation.labels.map(({ path, colour }): ColourLabel => {
    return { path, colour: colour.map((part) => Math.round(Math.min(1, Math.max(0, part)) * MOST)) };
  });
  const isKnown = own.some(({ path }) => path === BACKGROUND);
  const labels = isKnown ? own : [...own, { path: BACKGROUND, colour: BLACK }];
  const [shared] = sharedColours([...labels, { path: "(unknown)", colour: UNKNOWN }]);
  if (shared) {
    const reason = `${shared.paths.join(" and ")} would share the colour ${shared.colour.join(", ")}`;
    throw new FormatError("unwritable", reason);
  }
  const { ids } = segmentation;
  const samples = [...(stored as NdArray<"float32">)];
  const pixels = new Uint16Array(3 * ids.size);
  ids.data.forEach((id, i) => {
    const isBlack = samples[3 * i] === 0 && samples[3 * i + 1] === 0 && samples[3 * i + 2] === 0;
    const colour = id === UNKNOWN_LABEL ? (isBlack ? BLACK : UNKNOWN) : (labels[id] as ColourLabel).colour;
    pixels.set(colour, 3 * i);
  });
  return { image: NdArray.from("uint16", pixels, [...ids.shape, 3]) as NdArray<"uint16">, table: tableOf(labels) };
}

const BACKGROUND = "background";
const BLACK: readonly number[] = [0, 0, 0];
const UNKNOWN: readonly number[] = [1, 1, 1];

function tableOf(labels: readonly ColourLabel[]): Json {
  const table: Record<string, unknown> = { version: "1.0.0" };
  for (const { path, colour } of labels) {
    const steps = path.split("/");
    let group = table;
    for (const step of steps.slice(0, -1)) {
      const next = (group[step] ?? {}) as Record<string, unknown>;
      group[step] = next;
      group = next;
    }
    const [R, G, B] = colour;
    group[steps.at(-1) as string] = { R, G, B };
  }
  return table;
}
