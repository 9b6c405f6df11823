import type { CameraPart } from "../layout/layout.js";
import type { MotionCamera } from "../motion/motion.js";

/** The cameras of which the file has the same parts. */
export interface CameraStatistics extends Pick<MotionCamera, "lengths" | "dtype"> {
  /** What is known of them, in the order of the alphabet. */
  readonly parts: readonly CameraPart[];
  readonly sequences: number;
  readonly frames: number;
  /** How often it is another camera, or another place of it, than in the frame before. */
  readonly changes: number;
}

interface Counted {
  readonly form: Pick<CameraStatistics, "parts" | "lengths" | "dtype">;
  sequences: number;
  frames: number;
  changes: number;
}

/** Counts the cameras of frames by what is known of them. */
export class CameraCounts {
  readonly #forms = new Map<string, Counted>();
  #before: MotionCamera | undefined;
  #counted: Counted | undefined;
  readonly #inSequence = new Set<Counted>();

  beginSequence(): void {
    this.#before = undefined;
    this.#inSequence.clear();
  }

  /** The cameras of a window, the same object as long as nothing changes. */
  add(cameras: readonly (MotionCamera | undefined)[]): void {
    for (const camera of cameras) {
      if (!camera) {
        this.#before = undefined;
        continue;
      }
      if (camera !== this.#before || !this.#counted) this.#counted = this.#countedOf(camera);
      const counted = this.#counted;
      if (!this.#inSequence.has(counted)) counted.sequences++;
      this.#inSequence.add(counted);
      if (this.#before && this.#before !== camera) counted.changes++;
      counted.frames++;
      this.#before = camera;
    }
  }

  #countedOf({ parts, lengths, dtype }: MotionCamera): Counted {
    const names = (Object.keys(parts) as CameraPart[]).filter((part) => parts[part] !== undefined).sort();
    const key = JSON.stringify([names, lengths, dtype]);
    const known = this.#forms.get(key) ?? {
      form: { parts: names, lengths, dtype },
      sequences: 0,
      frames: 0,
      changes: 0,
    };
    this.#forms.set(key, known);
    return known;
  }

  get all(): readonly CameraStatistics[] {
    return [...this.#forms.values()].map(({ form, ...counts }) => ({ ...form, ...counts }));
  }
}
