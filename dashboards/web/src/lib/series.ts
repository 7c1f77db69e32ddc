// A series as a chart draws it: pure data in, pure options out.

import type { EChartsCoreOption } from 'echarts/core';
import { instant } from './format';
import type { Text } from './lang.svelte';
import { asSeverity, type Severity } from './severity';

export interface Point {
  /** Day; of a week or month as its table names it. */
  date: string;
  /** Empty where the report is missing. */
  value: number | null;
  expected?: number | null | undefined;
  upper?: number | null | undefined;
  /** Values of further lines. */
  beside?: (number | null)[] | undefined;
  flag?: boolean | undefined;
  severity?: string | null | undefined;
}

/** Days that are no ordinary ones. */
export interface Mask {
  from: string;
  to: string;
  label: Text;
  kind: 'libur' | 'ramadan' | 'sekolah';
}

export interface Colours {
  line: string;
  band: string;
  bound: string;
  ink: string;
  soft: string;
  grid: string;
  mask: string;
  /** Of further lines. */
  others: readonly string[];
  severity: Record<Severity, string>;
}

/** Shapes of flagged points: told apart without colour. */
export const SHAPES: Record<Severity, string> = { kritis: 'triangle', tinggi: 'diamond', sedang: 'circle', info: 'emptyCircle' };

/** Lines are told apart without colour, too. */
export const DASHES = ['dashed', 'dotted'] as const;

const BIG = 4_000;

/** The options of the chart. A missing report is a gap; nothing is drawn across it. */
export function seriesOption(points: readonly Point[], masks: readonly Mask[], colours: Colours, words: { axis(value: number): string; day(value: number): string }): EChartsCoreOption {
  const at = points.map((point) => instant(point.date));
  const has = points.some((point) => typeof point.expected === 'number' && typeof point.upper === 'number');
  const low = (point: Point): number | null => both(point) ? Math.min(point.expected as number, point.upper as number) : null;
  const high = (point: Point): number | null => both(point) ? Math.abs((point.upper as number) - (point.expected as number)) : null;
  const line = (name: string, value: (point: Point) => number | null, more: object): object => ({
    type: 'line', name, data: points.map((point, index) => [at[index], value(point)]),
    symbol: 'none', sampling: points.length > BIG ? 'lttb' : undefined, animation: false, silent: true, ...more,
  });
  const band = has ? [
    line('floor', low, { stack: 'band', lineStyle: { opacity: 0 }, areaStyle: { opacity: 0 }, z: 1 }),
    line('band', high, { stack: 'band', lineStyle: { opacity: 0 }, areaStyle: { color: colours.band, opacity: 1 }, z: 1 }),
    line('expected', (point) => point.expected ?? null, { lineStyle: { color: colours.bound, width: 1, type: [4, 3] }, z: 2 }),
  ] : [];
  const others = (points[0]?.beside ?? []).map((_, index) => line(`beside-${index}`, (point) => point.beside?.[index] ?? null,
    { lineStyle: { color: colours.others[index % colours.others.length], width: 1.6, type: DASHES[index % DASHES.length] }, z: 3 }));
  return {
    animation: false,
    grid: { left: 8, right: 12, top: 12, bottom: points.length > 60 ? 54 : 8, containLabel: true },
    xAxis: { type: 'time', axisLine: { lineStyle: { color: colours.grid } }, axisTick: { show: false }, splitLine: { show: false },
      axisLabel: { color: colours.soft, hideOverlap: true, formatter: words.day } },
    yAxis: { type: 'value', scale: false, axisLabel: { color: colours.soft, formatter: words.axis }, splitLine: { lineStyle: { color: colours.grid } } },
    dataZoom: points.length > 60 ? [
      { type: 'inside', zoomOnMouseWheel: 'ctrl', moveOnMouseMove: true },
      { type: 'slider', height: 26, bottom: 8, borderColor: 'transparent', backgroundColor: colours.mask, fillerColor: colours.band,
        dataBackground: { lineStyle: { color: colours.soft, opacity: 0.6 }, areaStyle: { opacity: 0 } },
        selectedDataBackground: { lineStyle: { color: colours.line }, areaStyle: { opacity: 0 } },
        handleStyle: { color: colours.line, borderColor: colours.line }, moveHandleSize: 0, showDetail: false, brushSelect: false },
    ] : [],
    tooltip: { trigger: 'axis', confine: true, transitionDuration: 0, axisPointer: { type: 'line', lineStyle: { color: colours.soft } } },
    series: [
      ...band,
      ...others,
      line('value', (point) => point.value, { silent: false, lineStyle: { color: colours.line, width: points.length > 400 ? 1.4 : 2 }, z: 3,
        markArea: masks.length > 0 ? { silent: true, itemStyle: { color: colours.mask }, label: { show: false },
          data: masks.map((mask) => [{ xAxis: instant(mask.from) }, { xAxis: instant(mask.to) + 86_400_000 }]) } : undefined }),
      { type: 'scatter', name: 'flag', animation: false, silent: true, z: 4, data: flagged(points, at, colours) },
    ],
  };
}

const both = (point: Point): boolean => typeof point.expected === 'number' && typeof point.upper === 'number';

function flagged(points: readonly Point[], at: readonly number[], colours: Colours): object[] {
  return points.flatMap((point, index) => {
    if (!point.flag || point.value === null) return [];
    const severity = asSeverity(point.severity ?? 'sedang');
    return [{ value: [at[index], point.value], symbol: SHAPES[severity], symbolSize: severity === 'kritis' ? 13 : 11,
      itemStyle: { color: colours.severity[severity], borderColor: colours.ink, borderWidth: 1 } }];
  });
}

/** Days of one kind that follow each other become one mask. */
export function masksOf(days: readonly { date: string; kind: Mask['kind']; label: Text }[]): Mask[] {
  const all: Mask[] = [];
  for (const { date, kind, label } of days) {
    const last = all.at(-1);
    if (last && last.kind === kind && last.label === label && instant(date) - instant(last.to) <= 86_400_000) last.to = date;
    else all.push({ from: date, to: date, label, kind });
  }
  return all;
}
