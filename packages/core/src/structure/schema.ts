/** Kinds of JSON values. What is no JSON (`Map`, `NdArray`, typed arrays) is an `object`, as `typeof` says. */
export type StructureType = "array" | "boolean" | "integer" | "null" | "number" | "object" | "string";

/** A constant of a schema. */
export type StructureConstant =
  | null
  | boolean
  | number
  | string
  | readonly StructureConstant[]
  | { readonly [key: string]: StructureConstant };

/** The keywords of JSON Schema 2020-12 that say how a value is made. `true` lets everything pass, `false` nothing. */
export type StructureSchema = boolean | StructureRules;

/** The keywords of JSON Schema that structure can be checked by. */
export interface StructureRules {
  /** A part of the root: `#/$defs/<name>`. */
  readonly $ref?: string;
  /** Parts, looked up in the root alone. */
  readonly $defs?: Readonly<Record<string, StructureSchema>>;
  readonly type?: StructureType | readonly StructureType[];
  readonly enum?: readonly StructureConstant[];
  readonly const?: StructureConstant;

  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;

  /** Lengths are counted in code points. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression (flag `u`) that matches somewhere in the text. */
  readonly pattern?: string;

  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly prefixItems?: readonly StructureSchema[];
  /** Of the items behind `prefixItems`. */
  readonly items?: StructureSchema;

  readonly required?: readonly string[];
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  readonly properties?: Readonly<Record<string, StructureSchema>>;
  readonly patternProperties?: Readonly<Record<string, StructureSchema>>;
  readonly additionalProperties?: StructureSchema;
  readonly propertyNames?: StructureSchema;

  readonly not?: StructureSchema;
  readonly anyOf?: readonly StructureSchema[];
  readonly oneOf?: readonly StructureSchema[];
  readonly allOf?: readonly StructureSchema[];
  readonly if?: StructureSchema;
  readonly then?: StructureSchema;
  readonly else?: StructureSchema;
}
