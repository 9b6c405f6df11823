import { type Output, Printer } from "../print/printer.js";

/** What was printed, to be printed elsewhere; as the terminal gets it. */
export interface Said {
  readonly to: "out" | "err";
  readonly text: string;
}

/** How output looks where it ends up. */
export interface Looks {
  readonly columns: number | undefined;
  readonly color: boolean;
}

/** What a printer needs to know in another process. */
export interface PrinterLooks {
  readonly out: Looks;
  readonly err: Looks;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export function looksOf({ stdout, stderr, json, quiet, verbose }: Printer): PrinterLooks {
  const of = ({ columns, color }: Output): Looks => ({ columns, color });
  return { out: of(stdout), err: of(stderr), json, quiet, verbose };
}

/** A printer whose words are kept, in their order. */
export function keepingPrinter({ out, err, ...rest }: PrinterLooks): {
  readonly printer: Printer;
  readonly said: readonly Said[];
} {
  const said: { to: Said["to"]; text: string }[] = [];
  const outputTo = (to: Said["to"], looks: Looks): Output => ({
    ...looks,
    write: (text) => {
      const last = said.at(-1);
      // Pieces of a large document would be very many.
      if (last?.to === to && last.text.length < 1 << 16) last.text += text;
      else said.push({ to, text });
    },
    drained: () => Promise.resolve(),
  });
  return { printer: new Printer({ ...rest, stdout: outputTo("out", out), stderr: outputTo("err", err) }), said };
}

export function textOf(said: readonly Said[], to: Said["to"]): string {
  return said.flatMap((part) => (part.to === to ? [part.text] : [])).join("");
}
