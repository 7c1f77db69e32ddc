// What a browser remembers between visits. A private window forgets it, and nothing breaks.

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(`smartcenter.${name}`);
  } catch {
    return null;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`smartcenter.${name}`, value);
  } catch {
    /* not remembered */
  }
}
