import { FormatError } from "@somakit/core/errors";

/** What the name of a file says that OpenPose writes for one frame: `<base>_<12 digits>_keypoints.json`. */
export interface FrameName {
  /** With its folders. */
  readonly base: string;
  readonly frame: number;
}

/** Undefined for names of other files. */
export function frameName(path: string): FrameName | undefined {
  const [, base, digits] = /^(.*)_([0-9]{12})_keypoints\.json$/s.exec(path) ?? [];
  return base === undefined ? undefined : { base, frame: Number(digits) };
}

/** The name that the video has most likely: the last part of the base. */
export function videoName(base: string): string {
  return `${base.slice(base.lastIndexOf("/") + 1)}.mp4`;
}

/** Sorts out which files are frames of one video. */
export class FrameNames {
  readonly #wanted: string | undefined;
  #base: string | undefined;
  /** Files that are not among them, and why. */
  readonly skipped: { readonly path: string; readonly reason: string }[] = [];

  constructor(wanted: string | undefined) {
    this.#wanted = wanted;
    this.#base = wanted;
  }

  /** Undefined before the first frame. */
  get base(): string | undefined {
    return this.#base;
  }

  /** The number of a frame; undefined for a file that is none. Throws `FormatError` `mismatch` for a frame of another video. */
  frameOf(path: string): number | undefined {
    const name = frameName(path);
    if (!name) {
      this.skipped.push({ path, reason: "its name is not that of a frame" });
      return undefined;
    }
    this.#base ??= name.base;
    if (name.base === this.#base) return name.frame;
    if (this.#wanted === undefined)
      throw new FormatError(
        "mismatch",
        `frames of ${this.#base} and of ${name.base} are together; choose one by base`,
        {
          path,
        },
      );
    this.skipped.push({ path, reason: "it belongs to another video" });
    return undefined;
  }
}

/** A frame is not where it has to be. */
export function missingFrame(frame: number): FormatError {
  return new FormatError("corrupt", `frame ${frame} is missing (frames must run from 0 without holes)`);
}
