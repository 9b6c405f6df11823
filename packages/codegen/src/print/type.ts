import { type Node as MorphNode, Node, SyntaxKind, type TypeNode } from "ts-morph";
import { propertyName } from "./literal.js";
import { quote } from "./text.js";

/** A type expression, as far as generated types need it. */
export type TypeTree =
  | { readonly kind: "name"; readonly name: string; readonly of: readonly TypeTree[] }
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "union"; readonly of: readonly TypeTree[] }
  | { readonly kind: "array"; readonly of: TypeTree }
  | { readonly kind: "readonly"; readonly of: TypeTree }
  | { readonly kind: "tuple"; readonly of: readonly TypeTree[] }
  | { readonly kind: "rest"; readonly of: TypeTree }
  | { readonly kind: "object"; readonly members: readonly TypeMember[] };

export interface TypeMember {
  /** undefined for an index signature. */
  readonly key: string | undefined;
  readonly optional: boolean;
  readonly type: TypeTree;
}

export const UNDEFINED: TypeTree = { kind: "name", name: "undefined", of: [] };
const UNKNOWN: TypeTree = { kind: "name", name: "unknown", of: [] };

/** Reads a printed type, without redundant parentheses. */
export function parseType(node: TypeNode): TypeTree {
  if (Node.isParenthesizedTypeNode(node)) return parseType(node.getTypeNode());
  if (Node.isUnionTypeNode(node)) return union(node.getTypeNodes().map(parseType));
  if (Node.isArrayTypeNode(node)) return { kind: "array", of: parseType(node.getElementTypeNode()) };
  if (Node.isTupleTypeNode(node)) return { kind: "tuple", of: node.getElements().map(parseType) };
  if (Node.isRestTypeNode(node)) return { kind: "rest", of: parseType(childType(node)) };
  if (Node.isTypeOperatorTypeNode(node)) return { kind: "readonly", of: parseType(node.getTypeNode()) };
  if (Node.isTypeReference(node)) {
    return { kind: "name", name: node.getTypeName().getText(), of: node.getTypeArguments().map(parseType) };
  }
  if (Node.isTypeLiteral(node)) return { kind: "object", members: parseMembers(node) };
  if (Node.isLiteralTypeNode(node)) return { kind: "literal", text: literalText(node) };
  return { kind: "name", name: node.getText(), of: [] };
}

function literalText(node: TypeNode): string {
  const literal = Node.isLiteralTypeNode(node) ? node.getLiteral() : node;
  return Node.isStringLiteral(literal) ? quote(literal.getLiteralValue()) : literal.getText();
}

function childType(node: MorphNode): TypeNode {
  return node.getFirstChildOrThrow(Node.isTypeNode);
}

/** Members of an interface or of a type literal, index signature included. */
export function parseMembers(node: MorphNode): TypeMember[] {
  const members: TypeMember[] = [];
  for (const member of node.getChildrenOfKind(SyntaxKind.SyntaxList).flatMap((list) => list.getChildren())) {
    if (Node.isPropertySignature(member)) {
      const name = member.getNameNode();
      const key = Node.isStringLiteral(name) ? name.getLiteralValue() : name.getText();
      members.push({ key, optional: member.hasQuestionToken(), type: parseType(member.getTypeNodeOrThrow()) });
    } else if (Node.isIndexSignatureDeclaration(member)) {
      members.push({ key: undefined, optional: false, type: parseType(member.getReturnTypeNodeOrThrow()) });
    }
  }
  return members;
}

/** A union without repetitions; `unknown` swallows the rest. */
export function union(parts: readonly TypeTree[]): TypeTree {
  const flat = parts.flatMap((part) => (part.kind === "union" ? part.of : [part]));
  const distinct = new Map(flat.map((part) => [flatType(part), part]));
  if (distinct.has("unknown")) return UNKNOWN;
  const [first, ...rest] = distinct.values();
  return first && rest.length === 0 ? first : { kind: "union", of: [...distinct.values()] };
}

/** The type on one line. */
export function flatType(type: TypeTree): string {
  switch (type.kind) {
    case "name":
      return type.of.length === 0 ? type.name : `${type.name}<${type.of.map(flatType).join(", ")}>`;
    case "literal":
      return type.text;
    case "union":
      return type.of.map(flatType).join(" | ");
    case "array":
      return type.of.kind === "union" || type.of.kind === "readonly"
        ? `(${flatType(type.of)})[]`
        : `${flatType(type.of)}[]`;
    case "readonly":
      return `readonly ${flatType(type.of)}`;
    case "tuple":
      return `[${type.of.map(flatType).join(", ")}]`;
    case "rest":
      return `...${flatType(type.of)}`;
    case "object":
      return type.members.length === 0 ? "{}" : `{ ${type.members.map(flatMember).join("; ")} }`;
  }
}

function flatMember(member: TypeMember): string {
  return memberHead(member) + flatType(member.type);
}

function memberHead({ key, optional }: TypeMember): string {
  return key === undefined ? "[key: string]: " : `${propertyName(key)}${optional ? "?" : ""}: `;
}

const WIDTH = 120;

/** The type over as many lines as it needs; the first continues at `column`, further ones are indented by `indent`. */
export function printType(type: TypeTree, indent: number, column: number): string {
  const flat = flatType(type);
  if (column + flat.length + 1 <= WIDTH) return flat;
  const deeper = indent + 2;
  const line = `\n${" ".repeat(deeper)}`;
  const end = `\n${" ".repeat(indent)}`;
  const item = (part: TypeTree): string => printType(part, part.kind === "union" ? indent : deeper, deeper);
  const list = (items: readonly TypeTree[]): string =>
    items.map((part) => `${line}${item(part)},`.replace(/^(\n *)\n/, "\n")).join("");
  switch (type.kind) {
    case "union":
      return type.of.map((part) => `${line}| ${printType(part, deeper + 2, deeper + 2)}`).join("");
    case "name":
      return type.of.length === 0 ? flat : `${type.name}<${list(type.of).slice(0, -1)}${end}>`;
    case "array":
      return type.of.kind === "union" || type.of.kind === "readonly"
        ? `(${printType(type.of, indent, WIDTH)}${end})[]`
        : `${printType(type.of, indent, column)}[]`;
    case "readonly":
      return `readonly ${printType(type.of, indent, column + 9)}`;
    case "rest":
      return `...${printType(type.of, indent, column + 3)}`;
    case "tuple":
      return `[${list(type.of)}${end}]`;
    case "object":
      return `{${type.members.map((member) => line + memberHead(member) + printType(member.type, deeper, WIDTH / 2)).join(";")};${end}}`;
    case "literal":
      return flat;
  }
}

/** Names of all types that `type` refers to. */
export function referencedNames(type: TypeTree): string[] {
  switch (type.kind) {
    case "name":
      return [type.name, ...type.of.flatMap(referencedNames)];
    case "union":
    case "tuple":
      return type.of.flatMap(referencedNames);
    case "array":
    case "readonly":
    case "rest":
      return referencedNames(type.of);
    case "object":
      return type.members.flatMap((member) => referencedNames(member.type));
    case "literal":
      return [];
  }
}
