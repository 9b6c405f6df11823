import { groupInfo, link, linkInfo, type Message, symbolTable } from "./messages.js";
import { objectHeader } from "./object-header.js";
import type { Output } from "./output.js";
import { type Member, writeSymbolTable } from "./symbol-table.js";

/** Members up to which an unordered group keeps them in its header, as HDF5 itself does. */
const FEW = 8;

/** Writes the header of a group whose members are written, and gives its address. */
export async function writeGroupHeader(
  output: Output,
  members: readonly Member[],
  attributes: readonly Message[],
  { ordered, path }: { readonly ordered: boolean; readonly path: string },
): Promise<number> {
  const messages: Message[] = [];
  if (ordered || members.length <= FEW) {
    const links = members.map(({ name, address }, order) => link(name, address, ordered ? order : undefined));
    messages.push(linkInfo(members.length, { ordered }), groupInfo(), ...links);
  } else {
    const { tree, heap } = await writeSymbolTable(output, members);
    messages.push(symbolTable(tree, heap));
  }
  return output.append(objectHeader([...messages, ...attributes], { ordered, path }));
}
