import type { StructureValidator } from "../layout/recognise.js";
import { compileStructure } from "./compile.js";
import { itemsWithin } from "./items-within.js";
import type { Rule } from "./rule.js";
import type { StructureSchema } from "./schema.js";
import { Trace } from "./trace.js";

/**
 * The check of a schema, which evaluates no code. It is made ready when it is called first. Errors are those of Ajv 8 with
 * `allErrors`, in its words and in its order, but pointers of rules are not escaped for URIs.
 */
export function structureValidator(schema: StructureSchema): StructureValidator {
  const validate = validatorOf(() => compileStructure(schema));
  validate.itemsOf = (key) => {
    const items = itemsWithin(schema, key);
    return items && validatorOf(() => compileStructure(schema, items));
  };
  return validate;
}

function validatorOf(compile: () => Rule): StructureValidator {
  let rule: Rule | undefined;
  const validate: StructureValidator = (value) => {
    rule ??= compile();
    validate.errors = null;
    if (rule(value, undefined)) return true;
    const trace = new Trace();
    rule(value, trace);
    validate.errors = trace.errors;
    return false;
  };
  return validate;
}
