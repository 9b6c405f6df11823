import { FormatError } from "../errors.js";
import { allocate, checkBounds, truncated } from "./bounds.js";
import { memorySource } from "./memory.js";
import type { ReadOptions, Source } from "./source.js";
import { streamPieces } from "./stream.js";

export interface UrlSourceOptions extends ReadOptions {
  /** Sent with every request, for instance for authorisation. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** In place of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Bytes that may be downloaded whole when the server does not answer ranges. Default 256 MiB; 0 for never. */
  readonly maxDownload?: number | undefined;
}

/** What the first request asks for: enough for the header of most formats, so that they need no second one. */
const FIRST_BYTES = 1 << 16;
const MAX_DOWNLOAD = 2 ** 28;
const PIECE = 1 << 23;

/**
 * A source over HTTP range requests. Every answer is checked to be the range that was asked for, of a file that has not
 * changed meanwhile. A server that does not know ranges is read whole, up to `maxDownload`.
 *
 * Rejects with `FormatError`: `missing` for 404 and 410, `limit` for a download that would be too big, `corrupt` for
 * answers that contradict each other; with `Error` for other statuses, and with what `fetch` throws.
 */
export async function urlSource(url: URL | string, options: UrlSourceOptions = {}): Promise<Source> {
  const remote = new Remote(new URL(url), options);
  const first = await remote.request(0, FIRST_BYTES, options.signal);
  if (first.status === 416) {
    const total = totalOf(first);
    await first.body?.cancel();
    if (total === 0) return memorySource(new Uint8Array(0), remote.name);
    throw remote.error("corrupt", "the server refuses the file's first bytes");
  }
  if (first.status !== 206)
    return memorySource(await remote.download(first, options.maxDownload ?? MAX_DOWNLOAD), remote.name);
  const total = totalOf(first) ?? (await remote.lengthByHead(options.signal));
  if (total === undefined) {
    await first.body?.cancel();
    const whole = await remote.request(0, undefined, options.signal);
    if (whole.status !== 200) {
      await whole.body?.cancel();
      throw remote.error("corrupt", "the server answers a part where the whole file was asked for");
    }
    return memorySource(await remote.download(whole, options.maxDownload ?? MAX_DOWNLOAD), remote.name);
  }
  return rangeSource(remote, first, total);
}

async function rangeSource(remote: Remote, first: Response, byteLength: number): Promise<Source> {
  const source = { byteLength, name: remote.name, pieceSize: PIECE };
  const version = versionOf(first);
  const head = allocate(Math.min(FIRST_BYTES, byteLength), remote.name);
  await fill(source, first, head, 0);

  const readInto = async (target: Uint8Array, start: number, options: ReadOptions = {}): Promise<void> => {
    const end = start + target.byteLength;
    checkBounds(source, start, end);
    options.signal?.throwIfAborted();
    if (end <= head.byteLength) target.set(head.subarray(start, end));
    if (end <= head.byteLength || start === end) return;
    const answer = await remote.request(start, end, options.signal);
    if (
      answer.status !== 206 ||
      !sameVersion(version, versionOf(answer)) ||
      (totalOf(answer) ?? byteLength) !== byteLength
    ) {
      await answer.body?.cancel();
      throw remote.error("corrupt", "the file changed on the server while it was being read", start);
    }
    await fill(source, answer, target, start);
  };
  return {
    ...source,
    readInto,
    async read(start, end, options) {
      checkBounds(source, start, end);
      if (end <= head.byteLength) return head.subarray(start, end);
      const bytes = allocate(end - start, remote.name);
      await readInto(bytes, start, options);
      return bytes;
    },
  };
}

/** Requests to one URL. */
class Remote {
  readonly name: string;
  readonly #url: URL;
  readonly #options: UrlSourceOptions;

  constructor(url: URL, options: UrlSourceOptions) {
    if (url.protocol === "file:") throw new TypeError("file: URLs are opened by fileSource of @somakit/core/node");
    this.#url = url;
    this.#options = options;
    // Credentials and query strings often hold secrets; messages show neither.
    this.name = `${url.origin}${url.pathname}`;
  }

  /** Answers 200, 206 or 416; other statuses throw. Without `end` the whole file is asked for. */
  async request(start: number, end: number | undefined, signal: AbortSignal | undefined): Promise<Response> {
    const range: Record<string, string> = end === undefined ? {} : { Range: `bytes=${start}-${end - 1}` };
    const answer = await this.#fetch({ headers: { ...this.#options.headers, ...range }, signal: signal ?? null });
    if (answer.status === 200 || answer.status === 206 || answer.status === 416) {
      const wrong = answer.status === 206 && startOf(answer) !== undefined && startOf(answer) !== start;
      if (!wrong) return answer;
      await answer.body?.cancel();
      throw this.error("corrupt", "the server answered another range than the one asked for", start);
    }
    await answer.body?.cancel();
    throw this.#statusError(answer);
  }

  /**
   * For servers that hide Content-Range from pages of other origins, as CORS does by default. They hide Content-Encoding
   * too, so the length of compressed content would pass for that of the file; but whoever asks for a range, be it all of
   * it, asks for no compression (Fetch standard).
   */
  async lengthByHead(signal: AbortSignal | undefined): Promise<number | undefined> {
    const headers = { ...this.#options.headers, Range: "bytes=0-" };
    const answer = await this.#fetch({ method: "HEAD", headers, signal: signal ?? null });
    if (!answer.ok || answer.headers.get("Content-Encoding") !== null) return undefined;
    return wholeNumber(answer.headers.get("Content-Length"));
  }

  async download(answer: Response, limit: number): Promise<Uint8Array> {
    const tooBig = `the server does not answer byte ranges and the file is larger than the ${limit} bytes to be read whole`;
    const stated = wholeNumber(answer.headers.get("Content-Length"));
    if (stated !== undefined && stated > limit) {
      await answer.body?.cancel();
      throw this.error("limit", tooBig);
    }
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of bodyPieces(answer, this, 0)) {
      length += part.byteLength;
      if (length > limit) throw this.error("limit", tooBig);
      parts.push(part);
    }
    const bytes = allocate(length, this.name);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.byteLength;
    }
    return bytes;
  }

  error(code: "missing" | "limit" | "corrupt", reason: string, offset?: number): FormatError {
    return new FormatError(code, `${this.name}: ${reason}`, { offset });
  }

  #statusError(answer: Response): Error {
    const status = `${answer.status} ${answer.statusText}`.trim();
    if (answer.status === 404 || answer.status === 410) return this.error("missing", `the server answered ${status}`);
    return new Error(`${this.name}: the server answered ${status}`);
  }

  /**
   * Past the browser's cache: Chromium's makes requests for one URL wait for each other, and answers with parts of an
   * older file without asking the server.
   */
  async #fetch(init: RequestInit): Promise<Response> {
    return (this.#options.fetch ?? fetch)(this.#url, { cache: "no-store", ...init });
  }
}

/** Streams the body of `answer` into `target`, which stands for the source's bytes from `start` on. */
async function fill(source: Pick<Source, "name">, answer: Response, target: Uint8Array, start: number): Promise<void> {
  let at = 0;
  for await (const part of bodyPieces(answer, source, start)) {
    if (at + part.byteLength > target.byteLength) {
      throw new FormatError("corrupt", `${source.name}: the server sent more bytes than asked for`, { offset: start });
    }
    target.set(part, at);
    at += part.byteLength;
  }
  if (at < target.byteLength) throw truncated(source, start + target.byteLength, start + at);
}

/** The body of `answer`, which stands for bytes from `start` on. A connection that breaks is a file that ends early. */
async function* bodyPieces(
  answer: Response,
  source: Pick<Source, "name">,
  start: number,
): AsyncGenerator<Uint8Array, void, void> {
  let offset = start;
  const pieces = streamPieces(answer.body);
  try {
    while (true) {
      const next = await pieces.next().catch((cause: unknown) => {
        if (!(cause instanceof TypeError)) throw cause;
        throw new FormatError("truncated", `${source.name}: the connection broke off`, { offset, cause });
      });
      if (next.done) return;
      offset += next.value.byteLength;
      yield next.value;
    }
  } finally {
    await pieces.return?.();
  }
}

/** `Content-Range: bytes 0-99/1234` or, with status 416, `bytes *\/1234`. */
function contentRange(answer: Response): { readonly start: string | undefined; readonly total: string | undefined } {
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/i.exec(answer.headers.get("Content-Range") ?? "");
  return { start: match?.[1], total: match?.[2] };
}

function totalOf(answer: Response): number | undefined {
  return wholeNumber(contentRange(answer).total);
}

function startOf(answer: Response): number | undefined {
  return wholeNumber(contentRange(answer).start);
}

function wholeNumber(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  return Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}

interface Version {
  readonly etag: string | null;
  readonly modified: string | null;
}

function versionOf(answer: Response): Version {
  return { etag: answer.headers.get("ETag"), modified: answer.headers.get("Last-Modified") };
}

function sameVersion(a: Version, b: Version): boolean {
  return a.etag !== null && b.etag !== null ? a.etag === b.etag : a.modified === b.modified;
}
