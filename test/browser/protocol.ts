/** What page and server say to each other, and where. */

/** What came of one check. */
export interface Result {
  readonly name: string;
  readonly ok: boolean;
  /** Whether nothing was shown, because something is missing here that is not ours; `detail` says what. */
  readonly skipped?: boolean;
  /** What was found out, or what went wrong. */
  readonly detail: string;
}

/** One answer of the server to a request for a file. */
export interface Answer {
  readonly method: string;
  /** `bytes=0-65535`; empty when the whole file was asked for. */
  readonly range: string;
  /** Undefined where there was no answer. */
  readonly status: number | undefined;
  /** Bytes of the file that were sent. */
  readonly bytes: number;
  /** How many requests for this file were open while this one was answered, itself included. */
  readonly atOnce: number;
}

/**
 * How a file is served; the first part of its path. A second part sets requests apart that are counted apart:
 * `/ranges/<tag>/full.npz`.
 *
 * - `ranges`: any part of it
 * - `whole`: always all of it
 * - `slow`: any part of it, after a while
 * - `stalling`: the beginning at once; of anything else one byte, and then nothing more
 * - `silent`: the beginning at once; of anything else not even a status
 * - `stuck`: one half of it, and then nothing more
 * - `changing`: any part of a file that is another one after `paths.change`
 * - `packed`: any part of it; without a range it is compressed on the way, where the client can undo that
 */
export const MODES = ["ranges", "whole", "slow", "stalling", "silent", "stuck", "changing", "packed"] as const;
export type Mode = (typeof MODES)[number];

/** How long a `slow` answer takes, in milliseconds. */
export const SLOW = 250;

export const paths = {
  /** POST: the list of results, when all is done. */
  results: "/results",
  /** POST `<written>/<name>`: a file that was made in the page. */
  written: "/written",
  /** POST `<change>/<path of a file>`: changes a `changing` file. Caches must not see that this is about the file. */
  change: "/change",
  /** GET `<traffic>/<path of a file>`: the answers to all requests for it, as a list of {@link Answer}. */
  traffic: "/traffic",
  /** GET: what Node makes of each fixture; see `Verdict`. */
  verdicts: "/verdicts",
  /** GET: where the server of another origin is. */
  elsewhere: "/elsewhere",
} as const;

/** Fixtures that the page reads, and writes again. */
export const REWRITTEN = ["full.npz", "full.pkl", "compressed.npz", "compressed.pkl", "nested.npz"] as const;

/** An archive of a folder, which is served as well. */
export const DATASET = "dataset.tar.gz";

/** The script that runs in a worker. It alone may also connect to the server of another origin. */
export const WORKER = "/worker.js";

/** The script of a worker in which WebAssembly may run, which the HDF5 library is and what compresses to xz. */
export const HDF5_WORKER = "/hdf5-worker.js";

/** Files of skeletons and faces that are served as well. */
export const SKELETONS = [
  "track_start50_gap.h5",
  "unseg_gzip_shuffle.h5",
  "face_sparse.h5",
  "bad_indptr_past_end.h5",
] as const;
/** One that is made for the purpose: a person in many frames. */
export const LONG_SKELETON = "long.h5";
export const LONG_FRAMES = 20_000;

/** A file that is served besides the fixtures: HumanData with keypoints of many frames, stored uncompressed. */
export const LARGE = "large.npz";
export const LARGE_FRAMES = 2000;

/** Files of meshes that are served as well: a whole one, and one that is cut off. */
export const BODIES = "multi_person.xz";
export const CUT_BODIES = "truncated.xz";
/** One that is made for the purpose: many small blocks. */
export const LONG_BODIES = "long.xz";
export const LONG_BODIES_FRAMES = 3000;
