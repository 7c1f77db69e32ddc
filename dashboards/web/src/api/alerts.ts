// Shapes of alerts and indicators until the OpenAPI snapshot has them; then this file is replaced by names from schema.d.ts.

import type { Severity, Status } from '../lib/severity';

export interface Alert {
  id: string;
  indicator: string;
  family: string;
  unit: string;
  name?: string;
  region?: string;
  title: string;
  title_en: string;
  sentence: string;
  sentence_en: string;
  action?: string;
  action_en?: string;
  owner: string;
  since: string;
  last: string;
  severity: Severity;
  confidence?: string;
  p?: number;
  excess?: number;
  status: Status;
  snoozed_until?: string;
  links: { self: string; page: string; indicator: string; series: string };
}

export interface Episode {
  indicator: string;
  title: string;
  unit: string;
  name?: string;
  region?: string;
  from: string;
  to: string;
  points: { date: string; observed?: number; expected?: number; upper?: number; p?: number }[];
  excess?: number;
  p?: number;
  is_rule: boolean;
  data: string;
  series: string;
}

export interface Checked {
  what: string;
  what_en?: string | null;
  found: boolean;
  text?: string | null;
  text_en?: string | null;
}

export type Action = 'acknowledge' | 'verify' | 'dismiss' | 'close' | 'snooze';

export interface Step {
  at: string;
  by?: string;
  deed: Action | 'withdraw' | 'merge' | 'return' | 'reopen';
  note: string;
  until?: string;
}

export interface AlertDetail extends Alert {
  evidence: Episode[];
  checked: Checked[];
  attribution?: Record<string, unknown>;
  steps: Step[];
  may: Action[];
}

export interface IndicatorPoint {
  unit: string;
  date: string;
  observed?: number;
  expected?: number;
  upper?: number;
  flag?: boolean;
  rule: boolean;
  severity?: Severity;
  note?: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}
