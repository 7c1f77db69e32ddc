"""What the figures of a page should say, by asking again what the page asked. Every question bears the name of its figures
(`/* layanan.mpp */ SELECT ...`), and every figure the name of its question, so that nothing has to be told twice."""

import json
import re

FIGURES = """[...document.querySelectorAll('main [data-metric]')].filter((one) => one.checkVisibility()).map((one) => ({
    metric: one.dataset.metric, value: one.dataset.value ?? null, kode: one.dataset.kode ?? null, points: one.dataset.points ?? null,
    kind: String(one.className.baseVal ?? one.className).split(' ')[0] || one.tagName.toLowerCase(), text: one.innerText ?? '' }))"""
NUMBER = re.compile(r"[-+]?\d[\d.]*(?:,\d+)?")


def questions(tab):
    """The questions asked since `tab.posts` was emptied: name to statement and values; the last one counts."""
    asked = {}
    for url, body in tab.posts:
        named = re.match(r"/\* ([\w.]+) \*/", json.loads(body)["sql"]) if url.endswith("/api/v1/sql") else None
        if named:
            asked[named.group(1)] = json.loads(body)
    return asked


def owner(metric, asked):
    """The question that a figure belongs to: the longest name that its own begins with."""
    fits = [name for name in asked if metric == name or metric.startswith(f"{name}.")]
    return max(fits, key=len) if fits else None


def number(value):
    return None if value in (None, "", "null") else float(value)


def same(shown, expected):
    shown, expected = number(shown), number(expected)
    return shown == expected or (shown is not None and expected is not None and abs(shown - expected) <= 1e-9 * max(1, abs(expected)))


def says(text, value):
    """Whether the text, written as Indonesians write numbers, is that value, rounded as it is written."""
    found = NUMBER.search(text.replace("\u2009", "").replace("\u00a0", " "))
    if not found:
        return False
    written = found.group().replace(".", "").replace(",", ".")
    digits = len(written.split(".")[1]) if "." in written else 0
    return abs(float(written) - float(value)) <= 0.5 * 10 ** -digits + 1e-9


def wrong_text(figure):
    """A figure whose text is not its value. Maps, charts and lists of sentences say theirs elsewhere; of the rows of a table
    the text tells first how many are shown; a chance may be less than can be written."""
    elsewhere = figure["kode"] or figure["points"] or figure["kind"] in ("sentence", "chart", "count") or figure["text"].startswith("<")
    if elsewhere or number(figure["value"]) is None:
        return []
    return [] if says(figure["text"], figure["value"]) else [f"{figure['metric']}: says {figure['text']!r}, is {figure['value']}"]


def heat_order(rows):
    """Cells of hours of the week as the page has them: Monday first, every hour between the first and the last."""
    at = {(row["hari_ke"], row["jam"]): row["nilai"] for row in rows}
    hours = range(min(row["jam"] for row in rows), max(row["jam"] for row in rows) + 1)
    days = [day for day in (1, 2, 3, 4, 5, 6, 0) if any(row["hari_ke"] == day for row in rows)]
    return [at.get((day, hour)) for day in days for hour in hours]


def differences(name, rows, figures):
    """Where the figures of a question are not what it is answered."""
    found = []

    def expect(metric, shown, expected):
        if not same(shown, expected):
            found.append(f"{metric}: shows {shown}, the hub says {expected}")

    of = lambda metric: [one for one in figures if one["metric"] == metric]
    for figure in of(name):
        if figure["kind"] == "value":
            expect(name, figure["value"], rows[-1]["nilai"])
        elif figure["kind"] == "chart":
            known = [row["nilai"] for row in rows if row["nilai"] is not None]
            expect(name, figure["value"], known[-1] if known else None)
            expect(f"{name} points", figure["points"], len(rows))
    for figure in of(f"{name}.sasaran"):
        expect(figure["metric"], figure["value"], rows[-1]["sasaran"])
    for figure in of(f"{name}.perubahan"):
        by = rows[-1]["nilai"] - rows[-2]["nilai"]
        if abs(number(figure["value"]) - by) > 0.51:
            found.append(f"{figure['metric']}: shows {figure['value']}, the hub says {by}")
    for figure in of(f"{name}.tanda"):
        expect(figure["metric"], figure["value"], sum(row.get("tanda") is True for row in rows))
    cells = of(f"{name}.nilai")
    if cells and cells[0]["kode"]:
        by_code = {row["kode"]: row["nilai"] for row in rows}
        for figure in cells:
            expect(f"{name} of {figure['kode']}", figure["value"], by_code.get(figure["kode"]))
    elif rows and cells:
        expected = heat_order(rows) if "hari_ke" in rows[0] else [row["nilai"] for row in rows]
        for place, figure in enumerate(cells):
            expect(f"{name} cell {place}", figure["value"], expected[place] if place < len(expected) else "nothing")
    for figure in of(f"{name}.baris"):
        expect(figure["metric"], figure["value"], len(rows))
    for column in rows[0] if rows else ():
        if (column == "nilai" and cells) or of(name):
            continue
        for row, figure in zip(rows, of(f"{name}.{column}")):
            expect(figure["metric"], figure["value"], row[column])
    if rows and "atribusi" in rows[0]:
        parts = [json.loads(row["atribusi"])["bagian"] for row in rows]
        for part in ("calendar", "elsewhere", "repeats", "unexplained"):
            for split, figure in zip(parts, of(f"{name}.{part}")):
                expect(figure["metric"], figure["value"], split[part]["visits"])
    return found
