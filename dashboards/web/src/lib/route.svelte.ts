// Where the reader is: the part of the address behind `/app/`, and what was chosen on the page.

const BASE = '/app/';

export const route = $state<{ path: string; search: string }>({ path: '', search: '' });

export function follow(): void {
  route.path = decodeURI(location.pathname).slice(BASE.length).replace(/\/$/, '');
  route.search = location.search;
}

/** Goes to a page; the way back leads here. */
export function go(path: string): void {
  history.pushState(null, '', BASE + path);
  follow();
  scrollTo({ top: 0 });
  document.getElementById('isi')?.focus({ preventScroll: true });
}

export const href = (path: string): string => BASE + path;

/** What is chosen on this page. */
export const chosen = (name: string): string | null => new URLSearchParams(route.search).get(name);

/** Chooses on this page; the address can be handed on. Nothing stands in it only where `usual` is something. */
export function choose(name: string, value: string | null, usual = ''): void {
  const search = new URLSearchParams(location.search);
  if (value === null || (value === '' && usual === '')) search.delete(name);
  else search.set(name, value);
  const text = search.toString();
  history.replaceState(null, '', location.pathname + (text ? `?${text}` : ''));
  follow();
}

/** Links within the pages do not load anew. */
export function listen(): () => void {
  const click = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest('a');
    if (!link || link.target || link.origin !== location.origin || !link.pathname.startsWith(BASE) || link.hash) return;
    event.preventDefault();
    go(link.pathname.slice(BASE.length) + link.search);
  };
  document.addEventListener('click', click);
  addEventListener('popstate', follow);
  follow();
  return () => {
    document.removeEventListener('click', click);
    removeEventListener('popstate', follow);
  };
}
