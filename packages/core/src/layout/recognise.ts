/** Keys by which a data set is recognised. All that a rule says has to hold; one rule of several is enough. */
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
  /**
   * The check of single items of a list: of that under `key` in the root, or of the root itself. Rules are called as in a check of
   * everything; places in values count from the item. Undefined where rules about anything around look into items.
   */
  itemsOf?(key: string | undefined): StructureValidator | undefined;
}

/** What breaks a rule, told as Ajv tells it. */
export interface StructureError {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}
