import type { FormatError } from "@somakit/core";
import { digest as digestNode } from "@somakit/core/tree";
import { EXIT, failureOf, failureText } from "../failure.js";
import { jsonPieces } from "../print/json.js";
import { recognise } from "../recognise.js";
import { FILES, textArgument, type Verb } from "./verb.js";

export const digest: Verb = {
  name: "digest",
  summary: "Print the whole tree of a file with a checksum of every array, as JSON",
  details: [
    "Files with equal digests hold equal values, however they are compressed or laid out. Arrays are given by dtype, shape, SHA-256 of their elements in C order, first elements and sum.",
    "An entry of an archive that cannot be read stands there as unreadable with the reason's code; the command then exits with 3.",
  ],
  arguments: [FILES],
  batch: "documents",
  goesThrough: true,
  options: [],
  examples: [["somakit digest a.npz > a.json", "to compare with another file"]],

  async run({ printer, signal, openAny, registry }, input) {
    const source = await openAny(textArgument(input, 0));
    try {
      const { root, container } = await recognise(await registry(), source, { signal });
      const unreadable: FormatError[] = [];
      const onUnreadable = (error: FormatError): void => void unreadable.push(error);
      await printer.document(jsonPieces(await digestNode(root, { signal, container, onUnreadable }), 1));
      for (const error of unreadable) printer.problem("somakit: ", failureText(failureOf(error)));
      return unreadable.length > 0 ? EXIT.unreadable : EXIT.fine;
    } finally {
      await source.close?.();
    }
  },
};
