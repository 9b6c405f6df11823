/** Compiles embedded WebAssembly, once and when it is first asked for; to `undefined` where that is forbidden. */
export function wasmModule(base64: () => Promise<string>): () => Promise<WebAssembly.Module | undefined> {
  let compiled: Promise<WebAssembly.Module | undefined> | undefined;
  const compile = async (): Promise<WebAssembly.Module | undefined> => {
    const bytes = Uint8Array.from(atob(await base64()), (char) => char.charCodeAt(0));
    try {
      return await WebAssembly.compile(bytes);
    } catch {
      // No WebAssembly at all, or a content security policy without 'wasm-unsafe-eval'.
      return undefined;
    }
  };
  return () => {
    compiled ??= compile().catch((error: unknown) => {
      // The module with the text did not load: another try may.
      compiled = undefined;
      throw error;
    });
    return compiled;
  };
}

export async function instantiate(module: WebAssembly.Module): Promise<WebAssembly.Exports> {
  return (await WebAssembly.instantiate(module, {})).exports;
}
