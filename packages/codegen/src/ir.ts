import type { AxisSize, DetectRule, FieldLayout, Layout, RecordLayout } from "@somakit/core/gen/v1";

/** JSON as parsed. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** Everything that a folder of schemas says, and everything that is wrong with it. */
export interface Project {
  readonly datasets: readonly Dataset[];
  readonly conventions: readonly Convention[];
  readonly lists: readonly NamedList[];
  readonly problems: readonly Problem[];
}

/** A fault in a schema. The front end collects all of them; nothing is generated while one is an error. */
export interface Problem {
  readonly severity: "error" | "warning";
  /** Path of the schema file, relative to the folder of schemas. */
  readonly file: string;
  /** JSON pointer within the file. */
  readonly pointer: string;
  /** Line in the file, from 1, where it could be found. */
  readonly line: number | undefined;
  readonly column?: number | undefined;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** One data set: one schema file with a `container`. */
export interface Dataset {
  /** `humandata`, or `humandata/multi` for a further data set of a system; unique. */
  readonly id: string;
  /** Folder of the schema; the file's own name when it lies in no folder. */
  readonly system: string;
  /** File name without `.json`. */
  readonly name: string;
  /** Interface name, PascalCase, from the title; unique within the system. */
  readonly typeName: string;
  readonly file: string;
  readonly schemaId: string;
  readonly title: string;
  readonly description: string;
  readonly containers: readonly ContainerSpec[];
  readonly detect: readonly DetectRule[];
  readonly profiles: Layout["profiles"];
  /** Severities of rules, by pointer in {@link Dataset.bundled}. */
  readonly severity: NonNullable<Layout["severity"]>;
  readonly root: Field;
  /** Shared parts, `$defs` of this file and of files it refers to, under unique PascalCase names, in schema order. */
  readonly defs: readonly { readonly name: string; readonly field: Field }[];
  /** Records of a stream in their order; each is a property of the root, a list when it repeats. */
  readonly records?: readonly RecordLayout[];
  /** The whole schema with every `$ref` local (`#/$defs/Name`): standard keywords and ours. */
  readonly bundled: JsonObject;
}

/** A container as the schema states it. */
export interface ContainerSpec {
  readonly kind: "npz" | "npy" | "pickle" | "json" | "hdf5" | "folder" | "msgpack-stream";
  /** Whether core has a codec for it; without one no `open`, `read` and `write` are generated. */
  readonly supported: boolean;
  readonly extensions: readonly string[];
  readonly nulls: "keep" | "absent";
  readonly classes: readonly string[];
  /** Compression of the file as a whole. */
  readonly wrap?: "xz" | "gzip";
  /** Pickle protocol of new files. */
  readonly protocol?: 2 | 3 | 4 | 5;
}

/** A schema node, lowered, with what people should read about it. */
export interface Field {
  readonly file: string;
  readonly pointer: string;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly deprecated: boolean;
  /** The literal that the engine takes, with everything below it. */
  readonly layout: FieldLayout;
  /** The node itself, bundled (see {@link Dataset.bundled}). */
  readonly schema: JsonObject;
  /** Children, as far as the kind of layout has them. */
  readonly properties: readonly Property[];
  readonly patterns: readonly { readonly pattern: string; readonly field: Field }[];
  readonly additional: Field | undefined;
  readonly items: Field | undefined;
  readonly prefix: readonly Field[];
  readonly branches: readonly Field[];
  /** Sizes of an array's axes by name, for documentation. */
  readonly shape: readonly AxisSize[] | undefined;
}

/** A key of an object, and what it holds. */
export interface Property {
  readonly key: string;
  readonly required: boolean;
  readonly field: Field;
}

/** A list of names or whole numbers. */
export interface NamedList {
  readonly name: string;
  readonly file: string;
  readonly description: string;
  readonly items: readonly string[] | readonly number[];
}

/** An ordered list of keypoint names. */
export interface Convention {
  readonly name: string;
  readonly file: string;
  readonly description: string;
  readonly keypoints: readonly ConventionKeypoint[];
  readonly limbs: readonly Limb[];
}

/** Lines between keypoints that belong together. */
export interface Limb {
  readonly part?: string;
  readonly color?: readonly [red: number, green: number, blue: number];
  readonly edges: readonly (readonly [from: string, to: string])[];
}

/** A keypoint of a convention. */
export interface ConventionKeypoint {
  readonly name: string;
  readonly mirror?: string;
  /** Former names that files may still use. */
  readonly aliases?: readonly string[];
  /** Names of keypoints elsewhere that may stand in for this one, best first. */
  readonly approximations?: readonly string[];
  /** Parts of the body that it belongs to. */
  readonly parts?: readonly string[];
}
