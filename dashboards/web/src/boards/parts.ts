// Pieces of SQL that the boards share.

/** Today in Western Indonesia. */
export const TODAY = "CAST(now() + INTERVAL '7 hours' AS DATE)";

/** Weeks (named by their Sunday) that are over. */
export const WEEK_IS_OVER = `minggu_mulai + INTERVAL '7 days' <= ${TODAY}`;

/** The last weeks that are over. */
export const lastWeeks = (count: number): string =>
  `${WEEK_IS_OVER} AND minggu_mulai >= ${TODAY} - INTERVAL '${(count + 1) * 7} days'`;

/** Not the week in which the history begins: it is a part of one. */
export const notFirst = (table: string): string => `minggu_mulai > (SELECT min(minggu_mulai) FROM mart.${table})`;

/** Months that are over. */
export const MONTH_IS_OVER = `bulan < date_trunc('month', ${TODAY})`;

/** Rows of a kecamatan, or of all where none is chosen. */
export const ofKecamatan = (column: string): string => `($kecamatan = '' OR ${column} = $kecamatan)`;

/** The newest week of `table` that is over, with the one before. */
export const twoWeeks = (table: string, where = 'true'): string => `
  minggu AS (SELECT max(minggu_mulai) AS ini FROM mart.${table} WHERE ${WEEK_IS_OVER} AND ${where})`;
