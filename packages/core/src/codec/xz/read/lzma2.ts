import { giveWay } from "../../../platform/give-way.js";
import { type Place, xzError } from "../container/place.js";
import type { ChunkDecoder, Properties } from "../lzma/chunk-decoder.js";
import type { Feed } from "./feed.js";

export interface Lzma2Options {
  /** `begin` was called on it. */
  readonly decoder: ChunkDecoder;
  readonly place: Omit<Place, "offset">;
  readonly signal?: AbortSignal | undefined;
}

/** What may come next: the first chunk has to reset everything, one after a stored one has to state properties. */
type Wanted = "dictionary" | "properties" | "state" | "anything";

const NEEDED_RESETS: Readonly<Record<Wanted, number>> = { dictionary: 3, properties: 2, state: 1, anything: 0 };

/**
 * What the LZMA2 chunks of one block hold, up to and including the end mark, in views that are valid until the next one is
 * asked for. All that can be decoded before damage or the end of the data comes before the error about that. Throws
 * `FormatError` `truncated`, `corrupt` and `limit`.
 */
export async function* lzma2(feed: Feed, options: Lzma2Options): AsyncGenerator<Uint8Array, void, void> {
  const { decoder } = options;
  let wanted: Wanted = "dictionary";
  while (true) {
    options.signal?.throwIfAborted();
    await giveWay();
    const at = feed.offset;
    const place = { ...options.place, offset: at };
    const [control] = await feed.take(1);
    if (control === undefined) throw xzError("truncated", "the data ends inside a block", place);
    if (control === 0) return;
    if (control < 0x80) {
      if (control > 2 || (control === 2 && wanted === "dictionary")) throw damaged(place);
      if (control === 1) {
        decoder.clear();
        wanted = "properties";
      }
      yield* storedChunk(feed, options);
      continue;
    }
    const resets = (control >> 5) & 3;
    if (resets < NEEDED_RESETS[wanted]) throw damaged(place);
    if (resets === 3) decoder.clear();
    wanted = "anything";
    yield* compressedChunk(feed, control, options);
  }
}

async function* storedChunk(feed: Feed, { decoder, place }: Lzma2Options): AsyncGenerator<Uint8Array, void, void> {
  const [high, low] = await header(feed, 2, place);
  const size = ((high as number) << 8) + (low as number) + 1;
  decoder.reserve(size);
  const bytes = await feed.take(size);
  decoder.append(bytes);
  if (bytes.byteLength > 0) yield decoder.take();
  if (bytes.byteLength < size) throw cutOff(feed, place);
}

async function* compressedChunk(
  feed: Feed,
  control: number,
  { decoder, place }: Lzma2Options,
): AsyncGenerator<Uint8Array, void, void> {
  const start = feed.offset - 1;
  const resets = (control >> 5) & 3;
  const [a, b, c, d, e] = (await header(feed, resets >= 2 ? 5 : 4, place)) as Iterable<number> as readonly number[];
  const outputBytes = ((control & 0x1f) << 16) + ((a as number) << 8) + (b as number) + 1;
  const inputBytes = ((c as number) << 8) + (d as number) + 1;
  if (e !== undefined) {
    const properties = propertiesOf(e);
    if (!properties) throw damaged({ ...place, offset: start });
    decoder.setProperties(properties);
  }
  if (resets >= 1) decoder.resetState();
  decoder.reserve(outputBytes);
  const input = await feed.take(inputBytes);
  const result = decoder.decode(input, inputBytes, outputBytes);
  const output = decoder.take();
  if (output.byteLength > 0) yield output;
  if (result === "done") return;
  if (result === "cut-off" && input.byteLength < inputBytes) throw cutOff(feed, place);
  throw damaged({ ...place, offset: start });
}

async function header(feed: Feed, size: number, place: Omit<Place, "offset">): Promise<Uint8Array> {
  const bytes = await feed.take(size);
  if (bytes.byteLength < size) throw cutOff(feed, place);
  return bytes;
}

function propertiesOf(byte: number): Properties | undefined {
  const lc = byte % 9;
  const lp = Math.floor(byte / 9) % 5;
  const pb = Math.floor(byte / 45);
  return pb <= 4 && lc + lp <= 4 ? { lc, lp, pb } : undefined;
}

function cutOff(feed: Feed, place: Omit<Place, "offset">): Error {
  return xzError("truncated", "the data ends inside a block", { ...place, offset: feed.offset });
}

/** `offset` is where the damaged chunk begins. */
function damaged(place: Place): Error {
  return xzError("corrupt", "the compressed data is damaged", place);
}
