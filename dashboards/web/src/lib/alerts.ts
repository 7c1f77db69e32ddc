// Alerts as the pages read them.

import { ask, type Schemas } from './api';
import type { Lang } from './lang.svelte';
import type { Point } from './series';

export type Alert = Schemas['Alert'];
export type AlertDetail = Schemas['AlertDetail'];
export type Alerts = Schemas['Page_Alert'];

export const OPEN = 'open,acknowledged';

export function listAlerts(wanted: Readonly<Record<string, string>>): Promise<Alerts> {
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== ''));
  return ask<Alerts>(`/api/v1/alerts?${query}`);
}

export const getAlert = (id: string): Promise<AlertDetail> => ask<AlertDetail>(`/api/v1/alerts/${encodeURIComponent(id)}`);

/** The series behind an address of the hub; other addresses are not asked. */
export async function seriesAt(path: string): Promise<Point[]> {
  if (!path.startsWith('/api/v1/indicators/')) return [];
  const { items } = await ask<Schemas['Page_IndicatorPoint']>(path);
  return items.map((one) => ({
    date: one.date, value: one.observed ?? null, expected: one.expected, upper: one.upper, flag: one.flag === true || one.rule, severity: one.severity,
  }));
}

export const sentenceOf = (alert: Alert, lang: Lang): string => (lang === 'id' ? alert.sentence : alert.sentence_en);
export const titleOf = (alert: Alert, lang: Lang): string => (lang === 'id' ? alert.title : alert.title_en);
