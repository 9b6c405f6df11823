import { readMsgpack } from "../../codec/msgpack/read/read.js";
import { type MsgpackSpan, splitMsgpack } from "../../codec/msgpack/read/split.js";
import type { Wrap } from "../../codec/wrap/wrap.js";
import { FormatError } from "../../errors.js";
import type { RecordLayout } from "../../layout/layout.js";
import type { Source, WorkOptions } from "../../source/source.js";
import type { Value } from "../../value/value.js";
import { recordError } from "./errors.js";

/** What stands before the records that repeat. */
export interface Lead {
  /** Records by name; those that the file does not have are left out. */
  readonly values: ReadonlyMap<string, Value>;
  /** Bytes of the content that they take. */
  readonly byteLength: number;
  /** How many of them are streams by themselves. */
  readonly streams: number;
}

export interface LeadOptions extends WorkOptions {
  /** Bytes that a record may have. */
  readonly maxRecordBytes: number;
}

/** What is asked of a source to begin with: as a rule all that is needed. */
const HEAD_BYTES = 2 ** 16;

/**
 * Reads the records before those that repeat. Where they are streams by themselves, their checksums are compared before
 * they are believed. Throws `FormatError`, with the record as path.
 */
export async function readLead(
  source: Source,
  wrap: Wrap,
  layouts: readonly RecordLayout[],
  options: LeadOptions,
): Promise<Lead> {
  if (source.byteLength === 0) throw new FormatError("truncated", "the file is empty", { offset: 0 });
  const head = await source.read(0, Math.min(HEAD_BYTES, source.byteLength), options);
  const cached = withHead(source, head);
  const wanted = layouts.filter(({ repeat }) => !repeat);
  const lead = await take(cached, { wrap, wanted, release: "decoded" }, options);
  const alone = wanted.filter(({ name, ownStream }) => ownStream && lead.values.has(name));
  if (alone.length === 0 || alone.length < lead.values.size) return lead;
  return take(cached, { wrap, wanted, release: "verified" }, options);
}

interface Taking {
  readonly wrap: Wrap;
  readonly wanted: readonly RecordLayout[];
  readonly release: "decoded" | "verified";
}

async function take(source: Source, { wrap, wanted, release }: Taking, options: LeadOptions): Promise<Lead> {
  const { signal, maxRecordBytes } = options;
  const pieces = wrap.pieces(source, 0, { signal, release, firstBytes: HEAD_BYTES });
  const spans = splitMsgpack(pieces, { signal, maxBytes: maxRecordBytes, memory: "own" });
  const values = new Map<string, Value>();
  let [byteLength, streams] = [0, 0];
  let held: Found | undefined;
  try {
    for (const layout of wanted) {
      try {
        const found: Found = held ?? (await next(spans, byteLength));
        held = isThere(layout, found.value) ? undefined : found;
        if (held) continue;
        values.set(layout.name, found.value);
        byteLength = found.end;
        if (layout.ownStream) streams++;
      } catch (error) {
        throw recordError(error, layout.name);
      }
    }
  } finally {
    await spans.return();
  }
  return { values, byteLength, streams };
}

interface Found {
  readonly value: Value;
  /** Where in the content it ends. */
  readonly end: number;
}

async function next(spans: AsyncGenerator<MsgpackSpan, void, void>, offset: number): Promise<Found> {
  const { done, value: span } = await spans.next();
  if (done || !span) throw new FormatError("truncated", "the file ends before this record", { offset });
  return { value: readMsgpack(span.bytes, { baseOffset: span.offset }), end: span.offset + span.bytes.byteLength };
}

/** Whether a value is the record, and not the one behind it in a file that does not have it. */
function isThere({ present }: RecordLayout, value: Value): boolean {
  return present === undefined || (value instanceof Map && present.every((key) => value.has(key)));
}

/** A source whose first bytes are in memory. */
function withHead(source: Source, head: Uint8Array): Source {
  return {
    byteLength: source.byteLength,
    name: source.name,
    ...(source.pieceSize !== undefined && { pieceSize: source.pieceSize }),
    read: async (start, end, options) =>
      start >= 0 && start <= end && end <= head.byteLength
        ? head.subarray(start, end)
        : source.read(start, end, options),
  };
}
