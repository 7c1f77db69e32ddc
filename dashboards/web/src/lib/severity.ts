// How bad an alert is, and where it stands: word, colour and shape together, so that none of them is needed alone.

import type { Schemas } from './api';
import type { Text } from './lang.svelte';

export const SEVERITIES: readonly Severity[] = ['kritis', 'tinggi', 'sedang', 'info'];
export type Severity = Schemas['AlertSeverity'];

export const SEVERITY: Record<Severity, Text> = {
  kritis: { id: 'Kritis', en: 'Critical' },
  tinggi: { id: 'Tinggi', en: 'High' },
  sedang: { id: 'Sedang', en: 'Medium' },
  info: { id: 'Info', en: 'Info' },
};

export const STATUSES: readonly Status[] = ['open', 'acknowledged', 'verified', 'dismissed', 'closed'];
export type Status = Schemas['AlertStatus'];

export const STATUS: Record<Status, Text> = {
  open: { id: 'Terbuka', en: 'Open' },
  acknowledged: { id: 'Ditangani', en: 'Acknowledged' },
  verified: { id: 'Terbukti', en: 'Verified' },
  dismissed: { id: 'Tidak terbukti', en: 'Dismissed' },
  closed: { id: 'Selesai', en: 'Closed' },
};

export const asStatus = (text: string): Status => STATUSES.find((one) => one === text) ?? 'open';
export const asSeverity = (text: string | null | undefined): Severity => SEVERITIES.find((one) => one === text) ?? 'info';
