export interface DetectRule {
  readonly present: readonly string[];
  readonly absent: readonly string[];
  /** At least one key of the root matches this expression (flag `u`); with `in: "members"` the first that does is the member. */
  readonly names?: string;
  /** What some of the keys hold. */
  readonly values?: Readonly<Record<string, string | number | boolean>>;
  /**
   * Whose keys they are: the root's (when left out), the first item's of a list, those of a dict's first member, or those of
   * one member.
   */
  readonly in?: "root" | "items" | "members" | { readonly member: string };
}

/** A check of how a value is made: true, or false with the problems in `errors`. */
export interface StructureValidator {
  (value: unknown): boolean;
  errors?: readonly StructureError[] | null;
}

/** What breaks a rule, told as Ajv tells it. */
export interface StructureError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}
