import type { IssueCode } from "../../issues.js";
import type { StructureError, StructureValidator } from "../../layout/layout.js";
import { elementPath, memberPath } from "../../value/path.js";
import type { Report } from "./report.js";

/** Rules of one value: what breaks them is out of range rather than of the wrong make. */
const RANGE: ReadonlySet<string> = new Set([
  "enum",
  "const",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "pattern",
  "minLength",
  "maxLength",
]);

/**
 * Runs the structural validator and reports what the walk over the tree has not reported already. `at` is where the value is, for
 * one of which the walk has not said it.
 */
export function checkStructure(report: Report, validate: StructureValidator, value: unknown, at?: string): void {
  if (!validate(value)) reportErrors(report, { root: value, at }, validate.errors ?? []);
}

/** The same for one item of a list of the root, in place of all of it. */
export function checkItemStructure(report: Report, validate: StructureValidator, key: string, item: unknown): void {
  const value = { [key]: [item] };
  if (validate(value)) return;
  const inside = `/${escaped(key)}/0`;
  const errors = (validate.errors ?? []).filter(
    ({ instancePath }) => instancePath === inside || instancePath.startsWith(`${inside}/`),
  );
  reportErrors(report, { root: value, at: undefined }, errors);
}

function reportErrors(report: Report, checked: Checked, errors: readonly StructureError[]): void {
  for (const error of errors) {
    const path = pathOf(report, checked, error.instancePath);
    if (isRepeated(report, { ...checked, error, path })) continue;
    const alternatives = alternativeKeys(error, errors);
    if (alternatives) {
      const expected = alternatives.map((key) => JSON.stringify(key)).join(" or ");
      const rule = error.schemaPath.replace(/^#/, "");
      report.add({ code: "missing", path, message: `one of ${alternatives.join(", ")} is required`, expected, rule });
      continue;
    }
    const code: IssueCode =
      error.keyword === "required" ? "missing" : RANGE.has(error.keyword) ? "range" : "constraint";
    report.add({
      code,
      path: missingPath(report, { ...checked, error, path }),
      message: error.message ?? error.keyword,
      ...expectation(error),
      rule: error.schemaPath.replace(/^#/, ""),
    });
  }
}

/** The keys one of which is missing, where `anyOf` asks for no more than a key in each branch. */
function alternativeKeys(error: StructureError, errors: readonly StructureError[]): readonly string[] | undefined {
  if (error.keyword !== "anyOf") return undefined;
  const within = errors.filter(
    ({ schemaPath, instancePath }) =>
      instancePath.startsWith(error.instancePath) && schemaPath.startsWith(`${error.schemaPath}/`),
  );
  const keys = within.filter((inner) => inner.keyword === "required" && inner.instancePath === error.instancePath);
  if (keys.length === 0 || keys.length < within.length) return undefined;
  return [...new Set(keys.map(({ params }) => String(params["missingProperty"])))];
}

/** Whether the walk said this already, or a broader error of the same place says it better. */
function isRepeated(report: Report, erring: Erring): boolean {
  const { error, path } = erring;
  // What stands for a value that cannot be read has none of its keys.
  if (report.has("unreadable", path)) return true;
  if (error.keyword === "if" || /\/(anyOf|oneOf)\/\d/.test(error.schemaPath)) return true;
  if (error.keyword === "required") return report.hasAny(missingPath(report, erring));
  if (error.keyword === "additionalProperties") return true;
  // What was not looked at is there nevertheless.
  if (error.keyword === "minItems" && report.isCut(path)) return true;
  return (
    ["type", "missing", "unreadable", "shape"].some((code) => report.has(code as IssueCode, path)) ||
    error.keyword === "type"
  );
}

function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The value that was checked, and where it is. */
interface Checked {
  readonly root: unknown;
  readonly at: string | undefined;
}

interface Erring extends Checked {
  readonly error: StructureError;
  readonly path: string;
}

function missingPath(report: Report, { error, path, ...checked }: Erring): string {
  const missing = error.keyword === "required" ? error.params["missingProperty"] : undefined;
  if (typeof missing !== "string") return path;
  return pathOf(report, checked, `${error.instancePath}/${escaped(missing)}`);
}

function expectation(error: StructureError): { expected?: string } {
  const { allowedValue, allowedValues, limit, pattern } = error.params;
  if (allowedValue !== undefined) return { expected: JSON.stringify(allowedValue) };
  if (Array.isArray(allowedValues)) return { expected: allowedValues.map((item) => JSON.stringify(item)).join(", ") };
  if (limit !== undefined) return { expected: `${String(error.params["comparison"] ?? "")} ${String(limit)}`.trim() };
  return typeof pattern === "string" ? { expected: `a match of ${pattern}` } : {};
}

/** Our path for a JSON pointer: where the file has it, as far as the walk has said. */
function pathOf(report: Report, { root, at }: Checked, pointer: string): string {
  const steps = pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  let [path, value] = [report.placeOf(root) ?? at ?? "", root];
  for (const step of steps) {
    const inside = Array.isArray(value) ? elementPath(path, Number(step)) : memberPath(path, step);
    const member = report.placeOf(value, step);
    value = (value as Readonly<Record<string, unknown>> | undefined)?.[step];
    path = report.placeOf(value) ?? member ?? inside;
  }
  return path;
}
