import type { Bundle, RenumberedBundle } from "./bundle.js";
import type { ShotSegmentedReader } from "./shot-segmented.js";
import type { UnsegmentedReader } from "./unsegmented.js";

/**
 * Skeletons without tracking as if they were tracked: the persons of each frame get the numbers 0, 1, 2, … in their order,
 * whatever numbers the file has for them. A number is no person for all that.
 */
export class AsIfTracked implements AsyncIterable<RenumberedBundle> {
  readonly #reader: UnsegmentedReader;

  constructor(reader: UnsegmentedReader) {
    this.#reader = reader;
  }

  [Symbol.asyncIterator](): AsyncGenerator<RenumberedBundle, void, void> {
    return renumbered(this.#reader);
  }

  /** The same from an absolute frame on. */
  iterFrom(frame: number): AsyncGenerator<RenumberedBundle, void, void> {
    return renumbered(this.#reader.iterFrom(frame));
  }
}

async function* renumbered(bundles: AsyncIterable<Bundle>): AsyncGenerator<RenumberedBundle, void, void> {
  for await (const bundle of bundles) yield bundle.renumbered();
}

/** The frames of all shots in a row, as if there were no shots. Tracks still mean nothing across them. */
export class AsIfSingleShot implements AsyncIterable<Bundle> {
  readonly #reader: ShotSegmentedReader;

  constructor(reader: ShotSegmentedReader) {
    this.#reader = reader;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Bundle, void, void> {
    return framesOf(this.#reader);
  }

  /** The same from an absolute frame on. */
  iterFrom(frame: number): AsyncGenerator<Bundle, void, void> {
    return framesOf(this.#reader.iterFromFrame(frame));
  }
}

async function* framesOf(shots: AsyncIterable<AsyncIterable<Bundle>>): AsyncGenerator<Bundle, void, void> {
  for await (const shot of shots) yield* shot;
}
