// Who reads. A key is handed over once and becomes a cookie that scripts cannot see.

import { Refused, ask, send, type Schemas } from './api';

export type Role = 'publik' | 'opd' | 'layanan' | 'analis' | 'walidata' | 'pimpinan' | 'admin';

interface Session {
  state: 'waiting' | 'out' | 'in' | 'lost';
  who: (Schemas['Who'] & { role: Role }) | null;
}

export const session = $state<Session>({ state: 'waiting', who: null });

/** Those who see single schools and health centres, agencies their own; others see sums per kecamatan. */
export const ANALYSTS: readonly Role[] = ['analis', 'walidata', 'admin', 'opd'];

export const mayRead = (roles: readonly Role[] | undefined): boolean =>
  roles === undefined || (session.who !== null && roles.includes(session.who.role));

/** Looks whether there is a session already. */
export async function resume(): Promise<void> {
  try {
    session.who = await ask<Schemas['Who'] & { role: Role }>('/api/v1/session');
    session.state = 'in';
  } catch (error) {
    session.who = null;
    session.state = error instanceof Refused ? 'out' : 'lost';
  }
}

export async function signIn(key: string): Promise<void> {
  await send('/api/v1/session', { key });
  await resume();
}

export async function signOut(): Promise<void> {
  await ask('/api/v1/session', { method: 'DELETE' }).catch(() => null);
  session.who = null;
  session.state = 'out';
}

/** A key that ended while somebody read asks for another one. */
export function noteRefusal(error: unknown): void {
  if (error instanceof Refused && error.isOfKey) {
    session.who = null;
    session.state = 'out';
  }
}
