import { msgpackStream } from "../src/codec/msgpack/container.js";
import { writeMsgpack } from "../src/codec/msgpack/index.js";
import { inGzip, inXz } from "../src/codec/wrap/wrapped.js";
import type { Location } from "../src/engine/accessor.js";
import type { ContainerCodec } from "../src/engine/container.js";
import type { OpenOptions } from "../src/engine/open.js";
import { RecordFileAccessor } from "../src/engine/records/file.js";
import type { RecordReader, RecordWriter, RecordWriterOptions } from "../src/engine/records/types.js";
import { createWriterWith, type LeadValues } from "../src/engine/records/writer.js";
import { openWith } from "../src/engine/run.js";
import type { Layout, RecordLayout, ScalarLayout, ScalarType } from "../src/layout/layout.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import type { Input } from "../src/source/input.js";
import { MemorySink } from "../src/source/sink-memory.js";
import type { Sink } from "../src/source/source.js";
import type { Value } from "../src/value/value.js";

export interface Step {
  [key: string]: unknown;
  number: number;
  spots?: NdArray | undefined;
}

export interface Walk {
  top?: { total?: number; from?: number | null; each?: number; [key: string]: unknown } | undefined;
  about?: Value | undefined;
  steps: Step[];
}

export const codecs: Readonly<Record<"none" | "gzip" | "xz", ContainerCodec>> = {
  none: msgpackStream,
  gzip: inGzip(msgpackStream),
  xz: inXz(msgpackStream),
};

const records: readonly RecordLayout[] = [
  { name: "top", ownStream: true, repeat: false, present: ["kind"], initial: { kind: "walk" }, room: 64 },
  { name: "about", ownStream: true, repeat: false, initial: null },
  {
    name: "steps",
    ownStream: false,
    repeat: true,
    count: [
      ["top", "total"],
      ["about", "steps"],
    ],
    start: ["top", "from"],
    perBlock: ["top", "each"],
    writeRequired: ["spots"],
  },
];

const scalar = (rule: string, ...types: readonly ScalarType[]): ScalarLayout => ({
  kind: "scalar",
  rule,
  types: types.length > 0 ? types : ["integer"],
});

/** A stream of records with names of its own. */
export function walkLayout(codec: ContainerCodec): Layout {
  return {
    id: "walk",
    title: "Walk",
    description: "Steps.",
    schema: "urn:test:walk",
    containers: [{ codec, extensions: [".walk"], nulls: "keep", classes: [] }],
    detect: [{ in: { member: "steps" }, present: ["number"], absent: [] }],
    records,
    defs: {},
    profiles: {},
    root: {
      kind: "object",
      rule: "",
      required: ["steps"],
      patterns: [],
      additional: false,
      properties: {
        top: {
          kind: "object",
          rule: "/properties/top",
          required: [],
          patterns: [],
          additional: { kind: "any", rule: "/properties/top" },
          properties: {
            kind: scalar("/properties/top/properties/kind", "string"),
            total: scalar("/properties/top/properties/total"),
            from: scalar("/properties/top/properties/from", "integer", "null"),
            each: scalar("/properties/top/properties/each"),
          },
        },
        about: { kind: "any", rule: "/properties/about" },
        steps: {
          kind: "list",
          rule: "/properties/steps",
          prefix: [],
          items: {
            kind: "object",
            rule: "/properties/steps/items",
            dims: { S: {} },
            required: ["number"],
            patterns: [],
            additional: { kind: "any", rule: "/properties/steps/items" },
            properties: {
              number: scalar("/properties/steps/items/properties/number"),
              spots: {
                kind: "array",
                rule: "/properties/steps/items/properties/spots",
                dtype: ["float32"],
                shape: ["S", 3],
                stored: { name: "q_spots", last: true },
                encoding: [
                  { codec: "quantize", step: 0.5, as: "int32", option: "size" },
                  { codec: "delta", axis: -2 },
                  { codec: "with-factor" },
                ],
              },
            },
          },
        },
      },
    },
  };
}

export class WalkFile extends RecordFileAccessor<Walk> {
  constructor(location: Location) {
    super(location);
  }

  get steps(): RecordReader<Step> {
    return this.records("steps");
  }

  about(): Promise<unknown> {
    return this.load("about");
  }

  top(): Promise<unknown> {
    return this.load("top");
  }
}

export const openWalk = (input: Input, codec = codecs.xz, options: OpenOptions = {}): Promise<WalkFile> =>
  openWith(walkLayout(codec), WalkFile, input, options);

export const writeWalk = (
  sink: Sink,
  lead: LeadValues = {},
  options: RecordWriterOptions = {},
  codec = codecs.xz,
): Promise<RecordWriter<Step>> => createWriterWith<Step>(walkLayout(codec), sink, lead, { preset: 0, ...options });

/** A step whose spots are multiples of half a unit, so that they come back as they are. */
export function step(number: number, spots = 20): Step {
  const values = Float32Array.from({ length: spots * 3 }, (_, i) => {
    // Noise, so that files are not much smaller than what they hold.
    return (Math.trunc(Math.abs(Math.sin(number * 1e4 + i) * 1e6)) % 4001) / 2 - 1000;
  });
  return { number, spots: NdArray.from("float32", values, [spots, 3]) as NdArray };
}

export interface WalkOptions extends RecordWriterOptions {
  readonly codec?: ContainerCodec;
  readonly lead?: LeadValues;
  readonly spots?: number;
}

/** A file of so many steps. */
export async function walkBytes(count: number, options: WalkOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { codec = codecs.xz, lead = {}, spots = 20, ...writing } = options;
  const sink = new MemorySink();
  const writer = await writeWalk(sink, lead, writing, codec);
  for (let number = 0; number < count; number++) await writer.append(step(number, spots));
  await writer.close();
  return sink.bytes();
}

/** Numbers of the steps that come before the end, or before the error that comes then. */
export async function numbersIn(
  steps: AsyncIterable<Step>,
): Promise<{ readonly numbers: number[]; readonly error: unknown }> {
  const numbers: number[] = [];
  try {
    for await (const { number } of steps) numbers.push(number);
    return { numbers, error: undefined };
  } catch (error) {
    return { numbers, error };
  }
}

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export const packed = (...values: Value[]): Uint8Array => Buffer.concat(values.map((value) => writeMsgpack(value)));
