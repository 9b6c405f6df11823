import type { OpenContainerOptions } from "../../../engine/container.js";
import { FormatError } from "../../../errors.js";
import { allowedFrom } from "../../../source/allowance.js";
import type { DirectObject } from "./direct/object.js";
import type { H5wasm } from "./h5wasm.js";
import type { Hdf5Session } from "./session.js";

/** An object of a file, by its two names. */
export interface Place {
  readonly session: Hdf5Session;
  /** As HDF5 knows it: `/timeline/shot0`. */
  readonly name: string;
  /** As messages and callers do: `timeline.shot0`. */
  readonly path: string;
  readonly options: OpenContainerOptions;
  /** What its header says, where that could be read without the library. */
  readonly object?: DirectObject | undefined;
}

/** Throws `limit` when so many bytes of this file are not to be in memory at once. */
export function admit(place: Pick<Place, "session" | "path" | "options">, byteLength: number, what = "it"): void {
  const most = place.options.maxLoadBytes ?? allowedFrom(place.session.source.byteLength);
  if (byteLength <= most) return;
  throw new FormatError("limit", `${what} has ${byteLength} bytes; more than ${most} are not read at once`, {
    path: place.path,
  });
}

/** How much larger than the file that holds it data can be that is stored: deflate makes 1032 bytes of one at most. */
const MAX_STORED_GROWTH = 1032;
/** Whatever a file says, going through so many bytes takes seconds. */
const QUICK = 2 ** 32;

/** Throws `limit` for data of which nearly all is fill values, so that going through it piece by piece would hardly end. */
export function admitPieces({ session, path, options }: Place, byteLength: number): void {
  const most = Math.max(QUICK, MAX_STORED_GROWTH * session.source.byteLength, options.maxLoadBytes ?? 0);
  if (byteLength <= most) return;
  const reason = `it has ${byteLength} bytes, nearly all of which the file does not store`;
  throw new FormatError("limit", `${reason}; more than ${most} are not gone through`, { path });
}

/** Memory of the library for the time of `use`. Throws `limit` when there is not enough. */
export function withMemory<T>(module: H5wasm, byteLength: number, use: (address: number) => T): T {
  const address = module._malloc(Math.max(1, byteLength));
  if (address === 0) throw new FormatError("limit", `the HDF5 library has no ${byteLength} bytes of memory left`);
  try {
    return use(address);
  } finally {
    module._free(address);
  }
}
