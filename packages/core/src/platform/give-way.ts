/** How long others are kept waiting at a time, in milliseconds. */
const TURN = 30;

/** When others were last let to their work. */
let turnStarted = 0;

/**
 * Lets the thread do what has come up meanwhile (draw the page, handle an abort by its user), when that had to wait for long
 * enough. Waiting for what is in memory already does not do that: promises go before everything else.
 */
export async function giveWay(): Promise<void> {
  if (performance.now() - turnStarted < TURN) return;
  // Timers are held back to several milliseconds, messages are not.
  const { port1, port2 } = new MessageChannel();
  await new Promise<void>((resolve) => {
    port1.onmessage = () => resolve();
    port2.postMessage(undefined);
  });
  port1.close();
  turnStarted = performance.now();
}
