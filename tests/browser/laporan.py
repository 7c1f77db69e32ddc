#!/usr/bin/env python3
"""The page of the weekly briefing in a real browser, with answers of the hub's shape. Needs Chromium and `npm run build`;
without one of them it says so and fails only where SMARTCENTER_REQUIRE_BROWSER is set.
"""

import sys
from urllib.parse import parse_qs

from pages import Page, chosen, lacking, need, run
from papan import UNTRACED, overflow, ready
from papan_answers import EVIL, Hub

WEEKS = [("2026-W47", "2026-11-16", "2026-11-22"), ("2026-W46", "2026-11-09", "2026-11-15")]
SAID = [{"id": "3 peringatan baru, 1 di antaranya kritis.", "en": "3 new alerts, 1 of them critical."}]


def figure(metric, value, before, more=None, title=("Murid tidak hadir", "Pupils absent")):
    return {"metric": metric, "title": dict(zip(("id", "en"), title)), "unit": "persen", "grain": "epi", "from": "2026-11-15", "to": "2026-11-21",
            "value": value, "before": before, "target": None, "better": "less", "seq": 4711,
            "trend": [{"from": "2026-11-08", "value": before}, {"from": "2026-11-15", "value": value}], **(more or {})}


def issue(week="2026-W47", version=2):
    table = {
        "metric": "laporan.pendidikan.kecamatan", "title": {"id": "Tidak hadir per kecamatan", "en": "Absent by kecamatan"}, "left_out": 0, "seq": 4711,
        "columns": [{"key": "kecamatan", "title": {"id": "Kecamatan", "en": "Kecamatan"}, "kind": "text", "unit": "bilangan"},
                    {"key": "ini", "title": {"id": "Minggu ini", "en": "This week"}, "kind": "number", "unit": "persen"},
                    {"key": "naik", "title": {"id": "Perubahan", "en": "Change"}, "kind": "change", "unit": "persen"},
                    {"key": "sejak", "title": {"id": "Sejak", "en": "Since"}, "kind": "day", "unit": "bilangan"},
                    {"key": "keparahan", "title": {"id": "Keparahan", "en": "Severity"}, "kind": "text", "unit": "bilangan"}],
        "rows": [[f"Panggul {EVIL}", 4.26, 1.16, "2026-11-17", {"id": "Kritis", "en": "Critical"}], ["Dongko", None, None, None, {"id": "Sedang", "en": "Medium"}]],
    }
    first, last = next((first, last) for name, first, last in WEEKS if name == week)
    return {
        "week": week, "from": first, "to": last, "version": version, "versions": [1, 2], "made_at": "2026-11-22T23:00:05Z", "in_progress": False, "seq": 4711,
        "headline": SAID, "key_figures": ["laporan.pendidikan.tidak_hadir"], "questions": [],
        "changes": [{"metric": "x", "old": 5, "new": 0, "sentence": {"id": "Kiriman yang belum masuk: 0, sebelumnya 5.", "en": "Deliveries missing: 0, was 5."}}] if version == 2 else [],
        "sections": [{"id": "pendidikan", "title": {"id": "Kehadiran murid", "en": "Attendance of pupils"}, "note": {"id": "Hari sekolah saja.", "en": "School days only."},
                      "sentences": [], "tables": [table],
                      "figures": [figure("laporan.pendidikan.tidak_hadir", 4.2 if version == 2 else 4.1, 4.5),
                                  figure("laporan.kinerja.serapan", 76.3, 66.9, {"grain": "bulan", "from": "2026-10-01", "to": "2026-10-31", "target": 83.3, "better": "more"},
                                         ("Serapan anggaran", "Budget absorbed")),
                                  figure("laporan.kesehatan.kunjungan", None, None, {"unit": "kunjungan", "trend": []}, ("Kunjungan puskesmas", "Health centre visits"))]}],
    }


class Archive(Hub):
    """A hub with two weeks."""

    def __init__(self, role="pimpinan"):
        super().__init__(role)
        self.files = []
        items = [{"week": week, "from": first, "to": last, "version": 2, "versions": [1, 2], "made_at": "2026-11-22T23:00:05Z",
                  "in_progress": False, "headline": SAID} for week, first, last in WEEKS]
        self.answers["/api/v1/reports"] = (200, {"items": items})
        self.answers["/api/v1/reports/*"] = self.one

    def one(self, method, headers, query, body, path):
        name = path.rsplit("/", 1)[1]
        asked = {key: value[0] for key, value in parse_qs(query).items()}
        if "." in name:
            self.files.append((name, asked))
            return 200, b"file", {"Content-Type": "application/pdf", "Content-Disposition": f'attachment; filename="{name}"'}
        return 200, issue(name, int(asked.get("version", 2)))


def page(hub=None, **browser):
    return Page((hub or Archive()).answers, "/app/laporan", **browser)


def here(tab):
    ready(tab)
    tab.wait("!!document.querySelector('main .figure .value')", "the briefing to stand")


def value(tab, metric):
    return tab.ask(f"document.querySelector('[data-metric=\"{metric}\"]').dataset.value")


def check_the_newest_briefing_is_shown():
    with page() as shown:
        tab = shown.tab
        here(tab)
        assert tab.text("main h1") == "Laporan mingguan" and tab.ask("document.title") == "Laporan mingguan · Smart Center"
        assert tab.ask("document.querySelector('nav [aria-current]').innerText") == "Laporan mingguan"
        text = tab.text("main").replace("\u2009", "")
        for words in ("2026-W47", "16–22 Nov 2026", "3 peringatan baru", "sebelumnya 5", "Terbitan 2", "sasaran 83,3%", "Oktober 2026", "Kritis", EVIL):
            assert words in text, (words, text)
        assert value(tab, "laporan.pendidikan.tidak_hadir") == "4.2" and value(tab, "laporan.pendidikan.tidak_hadir.perubahan") == "-0.3"
        assert value(tab, "laporan.kinerja.serapan.sasaran") == "83.3"
        assert tab.text('[data-metric="laporan.kesehatan.kunjungan"]').startswith("–")
        assert tab.ask("[...document.querySelectorAll('[data-metric=\"laporan.pendidikan.kecamatan.ini\"]')].map((one) => one.dataset.value ?? null)") == ["4.26", None]
        assert not tab.ask(UNTRACED), tab.ask(UNTRACED)
        assert not tab.accessibility(), tab.accessibility()
        shown.picture("laporan")


def check_weeks_and_issues_can_be_chosen():
    hub = Archive()
    with page(hub) as shown:
        tab = shown.tab
        here(tab)
        choose = lambda name, to: tab.ask(f"(() => {{ const one = document.querySelector('select[name={name}]'); one.value = '{to}'; one.dispatchEvent(new Event('change', {{bubbles: true}})); }})()")
        choose("terbitan", "1")
        tab.wait("document.querySelector('[data-metric=\"laporan.pendidikan.tidak_hadir\"]')?.dataset.value === '4.1'", "the first issue")
        assert "sebelumnya 5" not in tab.text("main") and tab.ask("location.search") == "?terbitan=1"
        link = "document.querySelectorAll('a.take')"
        assert tab.ask(f"[...{link}].map((one) => one.getAttribute('href'))") == [
            "/api/v1/reports/2026-W47.pdf?version=1&lang=id", "/api/v1/reports/2026-W47.xlsx?version=1&lang=id"]
        choose("minggu", "2026-W46")
        tab.says("main h2", "2026-W46")
        here(tab)
        assert tab.ask("location.search") == "?minggu=2026-W46"
        shown.open("/app/laporan?minggu=2026-W46&terbitan=1")
        here(tab)
        assert tab.ask("[...document.querySelectorAll('select')].map((one) => one.value)") == ["2026-W46", "1"]


def check_both_languages():
    with page() as shown:
        tab = shown.tab
        here(tab)
        tab.click('button[lang="en"]')
        tab.says("main h1", "Weekly briefing")
        here(tab)
        text = tab.text("main")
        for words in ("3 new alerts", "Deliveries missing: 0, was 5", "Attendance of pupils", "Pupils absent", "4.2%", "target 83.3%", "Download PDF", "Critical"):
            assert words in text, (words, text)
        assert "lang=en" in tab.ask("document.querySelector('a.take').href")
        assert not tab.accessibility(), tab.accessibility()


def check_every_size_in_both_themes():
    with page() as shown:
        tab = shown.tab
        for prefer in ("light", "dark"):
            shown.prefer = prefer
            for width, height in ((360, 740), (1440, 900)):
                tab.resize(width, height, phone=width < 700)
                shown.open("/app/laporan")
                here(tab)
                assert overflow(tab) <= 0, (width, overflow(tab))
                assert not tab.accessibility(), (prefer, width, tab.accessibility())
                shown.picture(f"laporan-{width}-{prefer}")


def check_nothing_there_and_not_for_this_key():
    hub = Archive()
    hub.answers["/api/v1/reports"] = (200, {"items": []})
    with page(hub) as shown:
        ready(shown.tab)
        shown.tab.says("main", "Belum ada laporan")
        assert not shown.tab.accessibility()
        hub.answers["/api/v1/reports"] = (403, {"title": "not allowed", "status": 403})
        shown.open("/app/laporan")
        shown.tab.says(".state.closed", "tidak terbuka bagi kunci Anda")


CHECKS = [check_the_newest_briefing_is_shown, check_weeks_and_issues_can_be_chosen, check_both_languages, check_every_size_in_both_themes,
          check_nothing_there_and_not_for_this_key]

if __name__ == "__main__":
    need(lacking(built=True))
    sys.exit(run(chosen(CHECKS)))
