// Alerts as the pages read them.

import { ask, type Params, type Row, type Schemas } from './api';
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
/** The page where a unit is looked at more closely: a school, a health centre and disease, the kecamatan of a village and disease, a kecamatan, a place of service. */
export function pageOfUnit(unit: string): string | null {
  const [, school] = /^(\d{8})\b/.exec(unit) ?? [];
  if (school) return `pendidikan?sekolah=${school}`;
  const [, centre, disease] = /^(PKM-\d+)(?:\/(\w+))?$/.exec(unit) ?? [];
  if (centre) return `kesehatan?puskesmas=${centre}${disease ? `&penyakit=${disease}` : ''}`;
  const [, kecamatan, common] = /^(\d\d\.\d\d\.\d\d)\.\d{4}\/(\w+)$/.exec(unit) ?? [];
  if (kecamatan) return `kesehatan?kecamatan=${kecamatan}&penyakit=${common}`;
  if (/^\d\d\.\d\d\.\d\d$/.test(unit)) return `pendidikan?kecamatan=${unit}`;
  const [, place] = /^(MPP|CPP|KEC-[\d.]+)\//.exec(unit) ?? [];
  return place ? `layanan?lokasi=${place}` : null;
}

/** What was flagged, one row for each series: the point that lies furthest beyond what was expected. */
export const evidenceRows = (alert: AlertDetail): Row[] => alert.evidence.map((one) => {
  const beyond = (point: Schemas['AlertPoint']): number => Math.abs((point.observed ?? 0) - (point.expected ?? 0));
  const worst = one.points.toSorted((a, b) => beyond(b) - beyond(a))[0];
  return { nama: one.name ?? one.unit, judul: one.title, indikator: one.indicator, unit: one.unit, wilayah: one.region ?? null, mulai: one.from, tanggal: worst?.date ?? one.to,
    nilai: worst?.observed ?? null, harapan: worst?.expected ?? null, batas: worst?.upper ?? null };
});

/** How many of the flagged series lie in each kecamatan. */
export function evidenceByPlace(alert: AlertDetail): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { region } of alert.evidence) {
    const place = region?.slice(0, 8);
    if (place) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return counts;
}

/** The latest value of units beside the one of the alert: schools of its kecamatan, health centres with the same disease,
    other series of the same indicator. Null where there is nothing to compare with. */
export function besides(alert: AlertDetail): { sql: string; params: Params } | null {
  const table = alert.family === 'absensi' ? 'mart.indikator_absensi_sekolah' : (alert.evidence[0]?.data ?? '');
  const place = alert.region?.slice(0, 8) ?? '';
  // The name of a table cannot be handed over as a value; what is not one is not asked for.
  if (!/^mart\.indikator_\w+$/.test(table) || place === '') return null;
  const kind = /\/(\w+)$/.exec(alert.unit)?.[1] ?? '';
  const near = alert.family === 'penyakit' && kind ? "unit LIKE concat('%/', $kind)" : 'starts_with(wilayah, $place)';
  return {
    params: { place, kind, unit: alert.unit },
    sql: `SELECT unit, nama, wilayah, tanggal, nilai, harapan, batas FROM (
      SELECT unit, nama, wilayah, tanggal, nilai, harapan, batas, row_number() OVER (PARTITION BY unit ORDER BY tanggal DESC) AS n
      FROM ${table} WHERE nilai IS NOT NULL AND unit <> $unit AND ${near})
    WHERE n = 1 ORDER BY starts_with(wilayah, $place) DESC, nilai - coalesce(harapan, 0) DESC, nama LIMIT 40`,
  };
}

/** The sentence of an alert in two: what happened, and what else was seen and looked at. */
export function partsOf(sentence: string): [string, string] {
  const [, first, rest] = /^(.*?\.)\s+(?=\p{Lu})(.*)$/su.exec(sentence) ?? [null, sentence, ''];
  return [first ?? sentence, rest ?? ''];
}

export const titleOf = (alert: Alert, lang: Lang): string => (lang === 'id' ? alert.title : alert.title_en);
