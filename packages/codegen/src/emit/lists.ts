import type { NamedList } from "../ir.js";
import type { Catalog } from "./catalog.js";

export const listCatalog: Catalog<NamedList> = {
  plural: "lists",
  singular: "list",
  type: "NamedList",
  entry: "ListEntry",
  lookup: "listLookup",
  typeOf: ({ items }) => `NamedList<${typeof items[0] === "string" ? "string" : "number"}>`,
  literal: ({ name, description, items }) => ({ name, description, items }),
  size: ({ items }) => items.length,
};
