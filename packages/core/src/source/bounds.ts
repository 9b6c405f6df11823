import { FormatError } from "../errors.js";
import type { Source } from "./source.js";

/** Refuses a range that is not inside `source`: `truncated` when only its end is outside. */
export function checkBounds(source: Pick<Source, "byteLength" | "name">, start: number, end: number): void {
  if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end)) {
    throw new RangeError(`bytes ${start} to ${end} are no range`);
  }
  if (end > source.byteLength) throw truncated(source, end, source.byteLength);
}

/** The error of a source that ends at `found` although bytes up to `end` were asked for. */
export function truncated(source: Pick<Source, "name">, end: number, found: number): FormatError {
  const what = source.name === "" ? "the data" : source.name;
  return new FormatError("truncated", `${what} ends at byte ${found}, ${end - found} more were to be read`, {
    offset: found,
  });
}

/** Memory for `byteLength` bytes, or a `limit` error where no array can be that long. */
export function allocate(byteLength: number, what: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(byteLength);
  } catch (cause) {
    throw new FormatError("limit", `${what} has ${byteLength} bytes, more than fit into one piece of memory`, {
      cause,
    });
  }
}

/** Fills `target` with the bytes of `source` from `start` on, without a copy where the source can do that. */
export async function readInto(
  source: Source,
  target: Uint8Array,
  start: number,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  if (source.readInto) await source.readInto(target, start, options);
  else target.set(await source.read(start, start + target.byteLength, options));
}

/** The bytes from `start` to `end`, in memory already or to be waited for. */
export function viewOrRead(
  source: Source,
  start: number,
  end: number,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Uint8Array | Promise<Uint8Array> {
  return source.view ? source.view(start, end) : source.read(start, end, options);
}
