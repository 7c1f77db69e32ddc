// Alerts as the pages read them.

import type { Alert, AlertDetail, IndicatorPoint, Page } from '../api/alerts';
import { ask } from './api';
import type { Lang } from './lang.svelte';
import type { Point } from './series';

export const OPEN = 'open,acknowledged';

export function listAlerts(wanted: Readonly<Record<string, string>>): Promise<Page<Alert>> {
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== ''));
  return ask<Page<Alert>>(`/api/v1/alerts?${query}`);
}

export const getAlert = (id: string): Promise<AlertDetail> => ask<AlertDetail>(`/api/v1/alerts/${encodeURIComponent(id)}`);

/** The series behind an address of the hub; other addresses are not asked. */
export async function seriesAt(path: string): Promise<Point[]> {
  if (!path.startsWith('/api/v1/indicators/')) return [];
  const { items } = await ask<Page<IndicatorPoint>>(path);
  return items.map((one) => ({
    date: one.date, value: one.observed ?? null, expected: one.expected, upper: one.upper, flag: one.flag === true || one.rule, severity: one.severity,
  }));
}

export const sentenceOf = (alert: Alert, lang: Lang): string => (lang === 'id' ? alert.sentence : alert.sentence_en);
export const titleOf = (alert: Alert, lang: Lang): string => (lang === 'id' ? alert.title : alert.title_en);
