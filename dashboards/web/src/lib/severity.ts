// How bad an alert is, and where it stands: word, colour and shape together, so that none of them is needed alone.

import type { Text } from './lang.svelte';

export const SEVERITIES = ['kritis', 'tinggi', 'sedang', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const SEVERITY: Record<Severity, Text> = {
  kritis: { id: 'Kritis', en: 'Critical' },
  tinggi: { id: 'Tinggi', en: 'High' },
  sedang: { id: 'Sedang', en: 'Medium' },
  info: { id: 'Info', en: 'Info' },
};

export const STATUSES = ['open', 'acknowledged', 'verified', 'dismissed', 'closed'] as const;
export type Status = (typeof STATUSES)[number];

export const STATUS: Record<Status, Text> = {
  open: { id: 'Terbuka', en: 'Open' },
  acknowledged: { id: 'Ditangani', en: 'Acknowledged' },
  verified: { id: 'Terbukti', en: 'Verified' },
  dismissed: { id: 'Tidak terbukti', en: 'Dismissed' },
  closed: { id: 'Selesai', en: 'Closed' },
};

export const asSeverity = (text: string | null | undefined): Severity => SEVERITIES.find((one) => one === text) ?? 'info';
