import { expect, it } from "vitest";
import { lines, projectOf } from "./project-files.js";

/** A schema that is fine, with one property `x` and whatever else is given. */
export function data(x: unknown, more: object = {}): object {
  return {
    $schema: "urn:somakit:dialect:1",
    title: "Data",
    description: "Data.",
    type: "object",
    container: "json",
    ...more,
    properties: { x, ...("properties" in more ? (more.properties as object) : {}) },
  };
}

/** A property, documented. */
export function value(schema: object): object {
  return { description: "A value.", ...schema };
}

export function array(shape: readonly unknown[], more: object = {}): object {
  return value({ ndarray: { dtype: "float32", shape }, ...more });
}

export const N = { dims: { N: {} } };
export const scalar = value({ type: "integer" });
export const five = {
  $schema: "urn:somakit:convention:1",
  name: "five",
  description: "Five.",
  keypoints: ["a", "b", "c", "d", "e"].map((name) => ({ name })),
};

/** Files, and all that is wrong with them: severity, file, pointer, message. */
export type Row = readonly [what: string, files: Record<string, unknown>, expected: readonly unknown[]];

/** One test a row. */
export function check(rows: readonly Row[]): void {
  it.each(rows)("%s", (_, files, expected) => {
    expect(lines(projectOf(files).problems)).toEqual(expected);
  });
}

/** Pointer of the property of {@link data}. */
export const X = "/properties/x";
