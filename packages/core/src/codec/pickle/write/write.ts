import type { WriteContainerOptions } from "../../../engine/container.js";
import { FormatError } from "../../../errors.js";
import type { Sink, WorkOptions } from "../../../source/source.js";
import type { ArrayNode } from "../../../tree/node.js";
import type { WriteTree } from "../../../tree/write.js";
import type { Value } from "../../../value/value.js";
import { countHigh } from "../latin1.js";
import type { Emitter, Protocol } from "./emit.js";
import { Output } from "./output.js";
import { Pickler, type Reply, type Request } from "./pickler.js";

export interface WritePickleOptions {
  /** Default 4, which every Python 3 loads and numpy arrays take no detour in. */
  readonly protocol?: Protocol | undefined;
}

/**
 * `value` as a pickle. Shared and cyclic objects stay so. Plain JavaScript objects are written as dicts, `Number`s that
 * are whole as ints. Arrays are stored under names that every numpy knows.
 *
 * Throws `FormatError` `unwritable`, with the path, for what has no place in a pickle: undefined, functions, instances.
 */
export function writePickle(value: Value, options: WritePickleOptions = {}): Uint8Array {
  const pickler = new Pickler(protocolOf(options.protocol), new Output());
  const request = pickler.run(value).next();
  if (!request.done) throw new FormatError("unwritable", "an array that is still in another file needs a sink");
  return pickler.emitter.out.join();
}

function protocolOf(protocol: number = 4): Protocol {
  if (protocol >= 2 && protocol <= 5 && Number.isInteger(protocol)) return protocol as Protocol;
  throw new FormatError("unwritable", `pickle protocol ${protocol} is not written, only 2 to 5`);
}

/** Output beyond this size is handed on before more is made: a bit less than a block, which is then used again. */
const FLUSH = 900_000;
/** Every piece costs a sink more than copying this many bytes. */
const GATHER = 1 << 16;

/**
 * Writes `tree` to `sink` and commits it; arrays that are in other files are copied piece by piece. When anything fails
 * the sink is aborted. Otherwise like {@link writePickle}.
 */
export async function writePickleTo(sink: Sink, tree: WriteTree, options: WriteContainerOptions = {}): Promise<void> {
  try {
    const pickler = new Pickler(protocolOf(options.protocol), new Output({ gather: GATHER }), FLUSH);
    const work = pickler.run(tree);
    const copier = new Copier(sink, pickler.emitter, options);
    for (let next = work.next(); !next.done; ) next = work.next(await copier.serve(next.value));
    await copier.flush();
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/** Does what the pickler waits for. */
class Copier {
  readonly #sink: Sink;
  readonly #emitter: Emitter;
  readonly #options: WorkOptions;
  #done = 0;

  constructor(sink: Sink, emitter: Emitter, options: WorkOptions) {
    this.#sink = sink;
    this.#emitter = emitter;
    this.#options = options;
  }

  async flush(): Promise<void> {
    this.#options.signal?.throwIfAborted();
    for (const piece of this.#emitter.out.take()) {
      await this.#sink.append(piece);
      this.#done += piece.length;
    }
    this.#emitter.out.reuse();
    this.#options.onProgress?.({ stage: "write pickle", done: this.#done, total: this.#done });
  }

  async serve(request: Request): Promise<Reply> {
    switch (request.kind) {
      case "flush":
        await this.flush();
        return undefined;
      case "load":
        return request.node.load({ signal: this.#options.signal });
      case "count":
        return this.#count(request.node);
      case "copy":
        await this.#copy(request.node, request.size);
        return undefined;
    }
  }

  /** Protocol 2 stores the length of the text that the bytes will be, so they are looked at twice. */
  async #count(node: ArrayNode): Promise<number> {
    let high = 0;
    for await (const piece of this.#chunks(node)) high += countHigh(piece);
    return high;
  }

  async #copy(node: ArrayNode, size: number): Promise<void> {
    let copied = 0;
    for await (const piece of this.#chunks(node)) {
      copied += piece.length;
      if (copied > size) break;
      this.#emitter.bytesPart(piece);
      // The piece is gone when the next one is asked for, unless it was gathered.
      if (piece.length > GATHER || this.#emitter.out.pending > FLUSH) await this.flush();
    }
    if (copied === size) return;
    throw new FormatError("corrupt", `array needs ${size} bytes, ${copied} given`, { path: node.path });
  }

  #chunks(node: ArrayNode): AsyncIterable<Uint8Array> {
    return node.chunks?.({ signal: this.#options.signal }) as AsyncIterable<Uint8Array>;
  }
}
