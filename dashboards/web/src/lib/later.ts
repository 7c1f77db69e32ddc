// Work that may wait until the reader has seen an answer: after the next frame, one piece at a time, so that a touch in
// between is answered, too.

const waiting = new Set<() => void>();
let isDue = false;

/** Does `work` after the next frame, unless what is answered here is called before. */
export function afterPaint(work: () => void): () => void {
  waiting.add(work);
  if (!isDue) {
    isDue = true;
    requestAnimationFrame(() => setTimeout(next));
  }
  return () => waiting.delete(work);
}

function next(): void {
  const [work] = waiting;
  isDue = work !== undefined;
  if (!work) return;
  waiting.delete(work);
  setTimeout(next);
  work();
}
