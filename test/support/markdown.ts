/** The fenced code blocks of a page that are marked with `language`, in order. */
export function codeBlocks(markdown: string, language: string): readonly string[] {
  const blocks = markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...blocks].filter(([, mark]) => mark === language).map(([, , code]) => code as string);
}
