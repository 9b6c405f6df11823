import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dtype } from "@somakit/core";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { dialectFiles } from "../src/dialect/dialect.gen.js";
import { isWhole } from "../src/lint/kinds.js";
import { loadProject } from "../src/project.js";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

/** Where problems of schemas, and changes between two versions of them, are put into words. */
const FOLDERS = ["src/lint", "src/load", "src/lower", "src/plan", "src/diff"];

/** Lists of words that are taken. */
const RESERVED = "src/plan/names.ts";

interface Message {
  readonly file: string;
  readonly line: number;
  /** What of it is the same in every problem. */
  readonly parts: readonly string[];
}

/** Every literal with two words or more in it: messages, hints, and parts of them. */
function messagesOf(file: string): readonly Message[] {
  const source = ts.createSourceFile(file, readFileSync(join(PACKAGE, file), "utf8"), ts.ScriptTarget.Latest, true);
  const found: Message[] = [];
  const add = (node: ts.Node, texts: readonly string[]): void => {
    const parts = texts
      .filter((text) => /[a-z]["»)]? +["(]?[a-z]/i.test(text))
      .map((text) => text.replaceAll(/^["\s]+|["\s]+$/g, ""));
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    if (parts.length > 0) found.push({ file, line: line + 1, parts });
  };
  const visit = (node: ts.Node): void => {
    // Faults of the generator itself, which no schema can bring about.
    if (ts.isThrowStatement(node) || ts.isImportDeclaration(node)) return;
    // What is compared with is said by nobody.
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) add(node, [node.text]);
    if (ts.isTemplateExpression(node))
      add(node, [node.head.text, ...node.templateSpans.map((span) => span.literal.text)]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(PACKAGE, folder))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name}`)
    .filter((name) => name !== RESERVED),
);
const tests = readdirSync(join(PACKAGE, "test"))
  .filter((name) => name.endsWith(".ts") && name !== "messages.test.ts")
  .map((name) => readFileSync(join(PACKAGE, "test", name), "utf8").replaceAll(/\\(["'`/().*+?[\]{}|^$\\])/g, "$1"))
  .join("\n");

describe("what is said of faulty schemas", () => {
  const messages = sources.flatMap(messagesOf);

  it("is found in the sources", () => expect(messages.length).toBeGreaterThan(150));

  it("has a test, word for word, for every message", () => {
    const untested = messages
      .filter(({ parts }) => parts.some((part) => !tests.includes(part)))
      .map(({ file, line, parts }) => `${file}:${line} ${parts.find((part) => !tests.includes(part))}`);
    expect(untested).toEqual([]);
  });

  it("comes with file, line, column and pointer", () => {
    const schema = {
      $schema: "urn:somakit:dialect:1",
      title: "Data",
      description: "Data.",
      type: "object",
      container: "json",
      properties: { x: { description: "A value.", ndarray: { dtype: "float32", shape: ["N"] } } },
    };
    const text = JSON.stringify(schema, undefined, 2);
    const [problem] = loadProject(new Map([["lab/data.json", text]])).problems;
    const line = text.split("\n").findIndex((row) => row.includes('"N"')) + 1;
    expect(problem).toMatchObject({
      severity: "error",
      file: "lab/data.json",
      line,
      pointer: "/properties/x/ndarray/shape/0",
      message: 'symbol "N" is not declared',
    });
    expect(text.split("\n")[line - 1]?.slice((problem?.column ?? 0) - 1)).toMatch(/^"N"/);
  });
});

describe("kinds of numbers", () => {
  const names = (dialectFiles["array.json"] as { $defs: { dtype: { enum: string[] } } }).$defs.dtype.enum;

  it.each(names.filter((name) => !["struct", "datetime64", "timedelta64"].includes(name)))(
    "%s is whole where numpy says so",
    (name) => {
      const described = ["string", "bytes"].includes(name) ? undefined : dtype(name as never).descr;
      expect(isWhole(name as never)).toBe(/^[<|][iu]\d$/.test(String(described)));
    },
  );
});
