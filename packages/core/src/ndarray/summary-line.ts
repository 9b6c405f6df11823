import { complexText } from "../value/python-text.js";
import { Complex } from "./complex.js";
import { shapeText } from "./descr-text.js";
import type { DType } from "./dtype.js";

/** How many elements are shown, and how much of one text. */
const SHOWN = 6;
const LONGEST = 24;

interface Summarised extends Iterable<unknown> {
  readonly type: DType;
  readonly shape: readonly number[];
  readonly size: number;
}

/** One line about an array: `NdArray float32 (10, 3) [0.5, 0.25, 1, …]`. Looks at no more elements than it shows. */
export function summaryLine(array: Summarised): string {
  const head = `NdArray ${array.type.name} ${shapeText(array.shape)}`;
  const texts: string[] = [];
  if (array.size > 0) {
    for (const element of array) {
      texts.push(texts.length < SHOWN ? elementText(element) : "…");
      if (texts.length > SHOWN) break;
    }
  }
  return `${head} [${texts.join(", ")}]`;
}

function elementText(element: unknown): string {
  if (typeof element === "bigint") return `${element}n`;
  if (typeof element === "string") return JSON.stringify(shortened(element));
  if (element instanceof Complex) return complexText(element.re, element.im);
  if (element instanceof Uint8Array) return `<${element.byteLength} bytes>`;
  if (typeof element === "object" && element !== null) return `<${element.constructor?.name ?? "object"}>`;
  return String(element);
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
