import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { dialectFiles } from "../dialect/dialect.gen.js";
import { keywordsOf, VOCABULARIES } from "../dialect/editor.js";
import type { Json } from "../ir.js";
import { type Explanation, explain } from "./explain.js";

export const DIALECT_ID = "urn:somakit:dialect:1";
export const CONVENTION_ID = "urn:somakit:convention:1";
export const LIST_ID = "urn:somakit:list:1";

/** Every keyword of the dialect. */
export const KEYWORDS: readonly string[] = [...keywordsOf(dialectFiles).keys()];

/** Meta-schemas that need no other. */
const ALONE: Readonly<Record<string, readonly string[]>> = {
  [CONVENTION_ID]: ["convention.json"],
  [LIST_ID]: ["list.json"],
};

const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a schema as such, measured by the dialect. */
export function checkSchema(schema: Json): Explanation[] {
  return check(DIALECT_ID, schema, KEYWORDS);
}

/** What is wrong with a convention file as such. */
export function checkConvention(convention: Json): Explanation[] {
  return check(CONVENTION_ID, convention, []);
}

/** What is wrong with a list file as such. */
export function checkList(list: Json): Explanation[] {
  return check(LIST_ID, list, []);
}

function check(id: string, value: Json, keywords: readonly string[]): Explanation[] {
  const validate = validatorOf(id);
  return validate(value) ? [] : explain(validate.errors ?? [], keywords);
}

function validatorOf(id: string): ValidateFunction {
  const known = compiled.get(id);
  if (known) return known;
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
    validateFormats: false,
  });
  const files = ALONE[id] ?? [...VOCABULARIES, "dialect.json"];
  for (const name of files) ajv.addSchema(dialectFiles[name] ?? {});
  const validate = ajv.getSchema(id);
  if (!validate) throw new Error(`the dialect lacks ${id}`);
  compiled.set(id, validate);
  return validate;
}
