import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomNumbers, skeletonText } from "./skeleton-text.js";

/** Frames of a clip: about what clips of the data set have. */
const FRAMES = 80;

/** Makes `count` clips in `folder`, every third with two persons. */
export function makeClips(folder: string, count: number): void {
  mkdirSync(folder, { recursive: true });
  const random = randomNumbers(7);
  const frames = Array.from({ length: FRAMES }, (_, frame) => frame);
  for (let index = 0; index < count; index++) {
    const ids = index % 3 === 0 ? [1n, 2n] : [1n];
    const bodies = ids.map((id) => ({ id: 2n ** 56n + id, frames, width: () => 1, motion: 0.1 * Number(id) }));
    const digits = (value: number): string => `${value}`.padStart(3, "0");
    const name = `S001C001P${digits(1 + (Math.floor(index / 120) % 106))}R${digits(1 + Math.floor(index / 12720))}A${digits(1 + (index % 120))}`;
    writeFileSync(join(folder, `${name}.skeleton`), skeletonText({ frames: FRAMES, bodies }, random));
  }
}
