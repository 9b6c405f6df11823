import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { type Answer, MODES, type Mode, SLOW } from "./protocol.js";

/** When all files were last changed, as they say: so long ago that browsers like to keep them. */
const MODIFIED = "Tue, 01 Jan 2019 00:00:00 GMT";
/** Up to where `stalling` and `silent` answer as they should. */
const BEGINNING = 1 << 16;

/** A part of a file, or all of it, on its way to the client. */
interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Uint8Array;
  /** Whether the answer never ends. */
  readonly endless?: boolean;
}

/** Answers requests for `/<mode>/<tag>/<name>` and remembers what it answered. */
export class FileServer {
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #answers = new Map<string, Answer[]>();
  readonly #open = new Map<string, number>();
  readonly #changed = new Set<string>();

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.#files = files;
  }

  traffic(path: string): readonly Answer[] {
    return this.#answers.get(path) ?? [];
  }

  change(path: string): void {
    this.#changed.add(path);
  }

  answer(request: IncomingMessage, response: ServerResponse, path: string): void {
    const [, mode, , name = ""] = path.split("/");
    const bytes = this.#files.get(name);
    if (!bytes || !isMode(mode)) return void response.writeHead(404).end();
    this.#count(path, 1);
    response.once("close", () => this.#count(path, -1));
    const file = this.#changed.has(path) ? { version: '"new"', bytes: changed(bytes) } : { version: '"old"', bytes };
    setTimeout(() => this.#send(request, response, path, replyTo(request, mode, file)), mode === "slow" ? SLOW : 0);
  }

  #send(request: IncomingMessage, response: ServerResponse, path: string, reply: Reply | undefined): void {
    const { method = "", headers } = request;
    const content = method === "HEAD" ? undefined : reply?.body;
    const answers = this.#answers.get(path) ?? [];
    this.#answers.set(path, answers);
    answers.push({
      method,
      range: headers.range ?? "",
      status: reply?.status,
      bytes: content?.byteLength ?? 0,
      atOnce: this.#open.get(path) ?? 0,
    });
    if (!reply) return;
    response.writeHead(reply.status, reply.headers);
    if (reply.endless) response.write(content);
    else response.end(content);
  }

  #count(path: string, change: number): void {
    this.#open.set(path, (this.#open.get(path) ?? 0) + change);
  }
}

/** What the server has to say to a request; undefined for nothing. */
function replyTo(
  { headers }: IncomingMessage,
  mode: Mode,
  file: { version: string; bytes: Uint8Array },
): Reply | undefined {
  const { bytes, version } = file;
  const common = { "Content-Type": "application/octet-stream", ETag: version, "Last-Modified": MODIFIED };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  const wanted = from !== undefined && (headers["if-range"] ?? version) === version;
  if (wanted && mode !== "whole" && mode !== "stuck") {
    const start = Number(from);
    const end = Math.min(to ? Number(to) + 1 : bytes.byteLength, bytes.byteLength);
    if (start >= end)
      return { status: 416, headers: { "Content-Range": `bytes */${bytes.byteLength}` }, body: NOTHING };
    const range = { "Content-Range": `bytes ${start}-${end - 1}/${bytes.byteLength}`, "Content-Length": end - start };
    const part = { status: 206, headers: { ...common, ...range }, body: bytes.subarray(start, end) };
    if (start < BEGINNING) return part;
    if (mode === "silent") return undefined;
    return mode === "stalling" ? { ...part, body: part.body.subarray(0, 1), endless: true } : part;
  }
  const packed = mode === "packed" && headers["accept-encoding"]?.includes("gzip");
  const body = packed ? gzipSync(bytes) : bytes;
  const encoding = packed ? { "Content-Encoding": "gzip" } : {};
  const whole = { status: 200, headers: { ...common, ...encoding, "Content-Length": body.byteLength }, body };
  return mode === "stuck" ? { ...whole, body: body.subarray(0, body.byteLength / 2), endless: true } : whole;
}

const NOTHING = new Uint8Array(0);

/** Another file of the same length. */
function changed(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ 0xff);
}

function isMode(text: string | undefined): text is Mode {
  return MODES.some((mode) => mode === text);
}
