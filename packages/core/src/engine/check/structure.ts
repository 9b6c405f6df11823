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

/** Runs the structural validator and reports what the walk over the tree has not reported already. */
export function checkStructure(report: Report, validate: StructureValidator, value: unknown): void {
  if (validate(value)) return;
  const errors = validate.errors ?? [];
  for (const error of errors) {
    const path = pathOf(error.instancePath);
    if (isRepeated(report, error, path)) continue;
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
      path: missingPath(error, path),
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
function isRepeated(report: Report, error: StructureError, path: string): boolean {
  if (error.keyword === "if" || /\/(anyOf|oneOf)\/\d/.test(error.schemaPath)) return true;
  if (error.keyword === "required") return report.hasAny(missingPath(error, path));
  if (error.keyword === "additionalProperties") return true;
  return (
    ["type", "missing", "unreadable", "shape"].some((code) => report.has(code as IssueCode, path)) ||
    error.keyword === "type"
  );
}

function missingPath(error: StructureError, path: string): string {
  const missing = error.keyword === "required" ? error.params["missingProperty"] : undefined;
  return typeof missing === "string" ? memberPath(path, missing) : path;
}

function expectation(error: StructureError): { expected?: string } {
  const { allowedValue, allowedValues, limit, pattern } = error.params;
  if (allowedValue !== undefined) return { expected: JSON.stringify(allowedValue) };
  if (Array.isArray(allowedValues)) return { expected: allowedValues.map((item) => JSON.stringify(item)).join(", ") };
  if (limit !== undefined) return { expected: `${String(error.params["comparison"] ?? "")} ${String(limit)}`.trim() };
  return typeof pattern === "string" ? { expected: `a match of ${pattern}` } : {};
}

/** Our path for a JSON pointer. */
function pathOf(pointer: string): string {
  const steps = pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.reduce(
    (path, step) => (/^\d+$/.test(step) ? elementPath(path, Number(step)) : memberPath(path, step)),
    "",
  );
}
