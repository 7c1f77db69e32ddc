// A series as a picture: what was counted, what was expected, the bound, what was flagged, and days that nobody judged.
// `layout` is a pure function from points to geometry; `chart` draws it.

import { day, element, figure, number, t } from '/assets/common.js';

const HEIGHT = 230;
/** A narrow screen shows fewer units across, so that the words stay as large. */
const widthNow = () => (innerWidth < 640 ? 360 : 720);
const EDGE = { left: 44, right: 12, top: 12, bottom: 26 };

/** The end of the axis: the next of 1, 2, 2.5, 5, 10 times a power of ten at or above `most`. */
export function ceiling(most) {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= most - 1e-9);
}

const isFlagged = (point) => point.flag === true || point.rule === true;
const isJudged = (point) => typeof point.flag === 'boolean' || point.rule === true;
const time = (point) => Date.parse(`${point.date}T00:00:00Z`);

/** Places of points in order of days, in a box of `width` by `height`: lines break where a value is missing. */
export function layout(points, width, height = HEIGHT) {
  const values = points.flatMap((point) => [point.observed, point.expected, point.upper]).filter(Number.isFinite);
  const top = ceiling(Math.max(0, ...values));
  // What may fall below zero (differences, scores) has an axis that goes there.
  const low = Math.min(0, ...values);
  const bottom = low < 0 ? -ceiling(-low) : 0;
  const [first, last] = [time(points[0]), time(points.at(-1))];
  const span = Math.max(1, last - first);
  const x = (point) => EDGE.left + ((time(point) - first) / span) * (width - EDGE.left - EDGE.right);
  const y = (value) => height - EDGE.bottom - ((value - bottom) / (top - bottom)) * (height - EDGE.top - EDGE.bottom);
  const line = (name) => {
    const runs = [[]];
    for (const point of points) {
      if (Number.isFinite(point[name])) runs.at(-1).push([x(point), y(point[name])]);
      else if (runs.at(-1).length > 0) runs.push([]);
    }
    return runs.filter((run) => run.length > 0);
  };
  const step = points.length > 1 ? (width - EDGE.left - EDGE.right) / (points.length - 1) : 8;
  return {
    top, bottom, y,
    observed: line('observed'), expected: line('expected'), upper: line('upper'),
    dots: points.filter((point) => Number.isFinite(point.observed)).map((point) => ({ point, x: x(point), y: y(point.observed), flagged: isFlagged(point) })),
    masked: points.filter((point) => !isJudged(point)).map((point) => ({ point, x: x(point) - step / 2, width: step })),
    ends: [[EDGE.left, points[0].date], [width - EDGE.right, points.at(-1).date]],
  };
}

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const round = (n) => Math.round(n * 10) / 10;
const path = (runs) => runs.map((run) => `M${run.map(([x, y]) => `${round(x)} ${round(y)}`).join('L')}`).join('');

/** The picture with its legend, and the same figures as a table for those who do not see it. */
export function chart(points, unit) {
  const width = widthNow();
  const at = layout(points, width);
  const flagged = points.filter(isFlagged).length;
  const most = Math.max(...points.map((point) => point.observed ?? -Infinity));
  const words = t('chartSaid', { unit, from: day(points[0].date), to: day(points.at(-1).date),
    most: Number.isFinite(most) ? figure(most) : '–', flagged: number(flagged) });
  const lines = [at.bottom, (at.bottom + at.top) / 2, at.top].map((value) => svg('g', {},
    svg('line', { class: 'grid', x1: EDGE.left, x2: width - EDGE.right, y1: round(at.y(value)), y2: round(at.y(value)) }),
    svg('text', { class: 'axis', x: EDGE.left - 7, y: round(at.y(value)) + 4, 'text-anchor': 'end' }, figure(value))));
  const ends = at.ends.map(([x, date], i) =>
    svg('text', { class: 'axis', x, y: HEIGHT - 6, 'text-anchor': i === 0 ? 'start' : 'end' }, day(date, 'medium')));
  const picture = svg('svg', { class: 'chart', viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': words },
    ...at.masked.map((day) => svg('rect', { class: 'masked', x: round(day.x), width: round(day.width), y: EDGE.top, height: HEIGHT - EDGE.top - EDGE.bottom })),
    ...lines, ...ends,
    svg('path', { class: 'upper', d: path(at.upper) }),
    svg('path', { class: 'expected', d: path(at.expected) }),
    svg('path', { class: 'observed', d: path(at.observed) }),
    ...at.dots.filter((dot) => !dot.flagged).map((dot) => svg('circle', { class: 'dot-of', cx: round(dot.x), cy: round(dot.y), r: 2 })),
    // A shape of its own, not only a colour.
    ...at.dots.filter((dot) => dot.flagged).map((dot) => svg('path', { class: 'flagged',
      d: `M${round(dot.x)} ${round(dot.y - 7)}l6 7l-6 7l-6 -7z` }, svg('title', {}, `${day(dot.point.date)}: ${figure(dot.point.observed)}`))));
  return element('div', { class: 'course' }, element('div', { class: 'frame' }, picture), legend(), table(points));
}

function legend() {
  const entries = [['observed', t('chartObserved')], ['expected', t('chartExpected')], ['upper', t('chartUpper')],
    ['flagged', t('chartFlagged')], ['masked', t('chartMasked')]];
  return element('ul', { class: 'legend', 'aria-hidden': 'true' }, ...entries.map(([name, text]) => element('li', { class: name }, text)));
}

function table(points) {
  const heads = [t('columnDay'), t('columnObserved'), t('columnExpected'), t('columnUpper'), t('columnNote')];
  const cell = (value) => element('td', { class: 'figure-of' }, Number.isFinite(value) ? figure(value) : '–');
  const rows = [...points].reverse().map((point) => element('tr', isFlagged(point) ? { class: 'is-flagged' } : {},
    element('th', { scope: 'row' }, day(point.date, 'medium')), cell(point.observed), cell(point.expected), cell(point.upper),
    element('td', {}, [isFlagged(point) && t('chartFlagged'), point.note].filter(Boolean).join(': '))));
  return element('details', { class: 'more' }, element('summary', {}, t('chartNumbers')),
    element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('chartNumbers') },
      element('table', {}, element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
        element('tbody', {}, ...rows))));
}
