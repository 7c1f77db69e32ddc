"""What a hub would answer to the boards: the same for every run, small, and with what is missing or withheld in it."""

import datetime
import json
import math
import re
from urllib.parse import parse_qs

TODAY = datetime.date(2026, 11, 29)
PLACES = [
    ("01", "Panggul", -8.230142, 111.456786), ("02", "Munjungan", -8.296478, 111.578055), ("03", "Pule", -8.116901, 111.539121),
    ("04", "Dongko", -8.20326, 111.565148), ("05", "Tugu", -8.031901, 111.635979), ("06", "Karangan", -8.07961, 111.671876),
    ("07", "Kampak", -8.201137, 111.651316), ("08", "Watulimo", -8.273959, 111.702651), ("09", "Bendungan", -7.948722, 111.710856),
    ("10", "Gandusari", -8.133184, 111.711439), ("11", "Trenggalek", -8.032912, 111.72201), ("12", "Pogalan", -8.084612, 111.753479),
    ("13", "Durenan", -8.09873, 111.80214), ("14", "Suruh", -8.115172, 111.619417),
]
NAMES = {"dikpora": "Dinas Pendidikan", "dinkes": "Dinas Kesehatan", "dpmptsp": "Dinas Penanaman Modal", "kominfo": "Dinas Komunikasi dan Informatika"}
EVIL = "<img src=x onerror=document.title='markup'>"


def weeks(count):
    last = TODAY - datetime.timedelta(days=(TODAY.isoweekday() % 7) + 7)
    return [(last - datetime.timedelta(days=7 * back)).isoformat() for back in reversed(range(count))]


def wave(index, low, high):
    return round(low + (high - low) * (0.5 + 0.5 * math.sin(index / 3)), 2)


def days(count):
    return [(TODAY - datetime.timedelta(days=back)).isoformat() for back in reversed(range(count))]


def points(count):
    """A series of an indicator: a gap, a band, and a rise at its end that is flagged."""
    rows = []
    for index, day in enumerate(days(count)):
        expected = wave(index, 8, 12)
        value = None if index == count - 20 else round(expected + (30 if index > count - 4 else (index % 5) - 2), 1)
        rows.append({"tanggal": day, "nilai": value, "harapan": expected, "batas": expected + 8, "tanda": index > count - 4,
                     "keparahan": "kritis" if index > count - 4 else None})
    return rows


ALERTS = [
    {"id": "5d0f3a9c77b1e204", "indicator": "absensi_sekolah", "family": "absensi", "unit": "99000001", "name": "SD Simulasi Depok 1",
     "region": "35.03.11.2001", "title": "Murid sakit di sekolah", "title_en": "Pupils ill at a school",
     "sentence": "SD Simulasi Depok 1: 41 dari 216 murid sakit, biasanya sekitar 6; 35 anak lebih banyak dari wajar, sejak 26 November.",
     "sentence_en": "SD Simulasi Depok 1: 41 of 216 pupils are ill, usually about 6; 35 children more than expected, since 26 November.",
     "action": "Telepon kepala sekolah hari ini.", "action_en": "Call the head of the school today.", "owner": "dikpora", "since": "2026-11-26",
     "last": "2026-11-28", "severity": "kritis", "confidence": "kuat", "p": 0.000002, "excess": 35.2, "status": "open"},
    {"id": "77aa3a9c77b1e2aa", "indicator": "skdr_mingguan", "family": "penyakit", "unit": "PKM-11/diare_akut", "name": "Puskesmas Trenggalek",
     "region": "35.03.11", "title": "Penyakit SKDR per minggu", "title_en": "Weekly early-warning diseases",
     "sentence": f"Puskesmas Trenggalek: 14 kasus diare akut dalam seminggu {EVIL}.", "sentence_en": "Puskesmas Trenggalek: 14 cases of acute diarrhoea in a week.",
     "owner": "dinkes", "since": "2026-11-28", "last": "2026-11-28", "severity": "tinggi", "p": 0.0021, "excess": 8.5, "status": "acknowledged"},
    {"id": "0c0f3a9c77b1e2bb", "indicator": "kunjungan_layanan_mingguan", "family": "layanan", "unit": "MPP/kependudukan", "name": "MPP kependudukan",
     "region": "35.03.11", "title": "Pengunjung layanan per minggu", "title_en": "Visitors of services per week",
     "sentence": "MPP kependudukan: 12,1 pengunjung per hari buka, biasanya sekitar 20.", "sentence_en": "MPP kependudukan: 12.1 visitors per open day, usually about 20.",
     "owner": "dpmptsp", "since": "2026-11-14", "last": "2026-11-28", "severity": "sedang", "excess": -7.9, "status": "open"},
]
for alert in ALERTS:
    alert["links"] = {"self": f"/api/v1/alerts/{alert['id']}", "page": "", "indicator": "",
                      "series": f"/api/v1/indicators/{alert['indicator']}/series?unit={alert['unit'].replace('/', '%2F')}"}


# A board as a site would write it. Its last three panels are of a hub that knows more than the page.
OF_KECAMATAN = "($kecamatan = '' OR kode_kecamatan = $kecamatan)"
TEXT = lambda id, en: {"id": id, "en": en}
PASAR = {
    "id": "pasar", "title": TEXT("Pasar", "Markets"), "lead": TEXT("Harga bahan pokok menurut dinas.", "Prices of staples as the agency has them."),
    "sections": [{
        "filters": [{"name": "lokasi", "title": TEXT("Pasar", "Market"), "sql": "SELECT lokasi AS nilai, nama FROM mart.pasar ORDER BY lokasi"},
                    {"name": "kecamatan", "title": TEXT("Kecamatan", "Kecamatan"), "places": True, "all": TEXT("Seluruh kabupaten", "Whole regency")}],
        "panels": [
            {"kind": "figure", "metric": "pasar.kios", "title": TEXT("Kios buka", "Open stalls"), "unit": "unit", "period": "minggu", "better": "more",
             "sql": f"SELECT minggu_mulai AS periode, sum(kios) AS nilai FROM mart.pasar_mingguan WHERE {OF_KECAMATAN} GROUP BY minggu_mulai"},
            {"kind": "series", "metric": "pasar.seri", "title": TEXT("Pengunjung per minggu", "Visitors per week"), "note": TEXT("menurut hitungan gerbang", "as counted at the gate"),
             "unit": "pengunjung", "period": "minggu", "masks": "kerja", "beside": [{"key": "ulang", "title": TEXT("berulang", "returning")}],
             "sql": f"SELECT minggu_mulai AS tanggal, pengunjung AS nilai, ulang FROM mart.pasar_mingguan WHERE lokasi = $lokasi AND {OF_KECAMATAN}"},
            {"kind": "map", "metric": "pasar.peta", "title": TEXT("Kios per kecamatan", "Stalls by kecamatan"), "unit": "unit", "period": "minggu",
             "sql": "SELECT kode_kecamatan AS kode, kios AS nilai, minggu_mulai AS periode FROM mart.pasar_mingguan"},
            {"kind": "table", "metric": "pasar.kecamatan", "title": TEXT("Pasar menurut kecamatan", "Markets by kecamatan"), "span": "seven",
             "columns": [{"key": "kode", "title": TEXT("Kecamatan", "Kecamatan"), "kind": "kecamatan"}, {"key": "ini", "title": TEXT("Kios", "Stalls"), "kind": "number", "unit": "rata"}],
             "sql": "SELECT kode_kecamatan AS kode, ini FROM mart.pasar_terakhir"},
            {"kind": "bars", "metric": "pasar.keluhan", "title": TEXT("Keluhan", "Complaints"), "span": "five", "unit": "bilangan", "sql": "SELECT keluhan AS nama, n AS nilai FROM mart.pasar_keluhan"},
            {"kind": "pie", "metric": "pasar.kue", "title": TEXT("Asing", "Strange"), "unit": "unit", "sql": "SELECT 1"},
            {"kind": "figure", "metric": "pasar.harga", "title": TEXT("Asing", "Strange"), "unit": "ringgit", "period": "minggu", "sql": "SELECT 1"},
            {"kind": "table", "metric": "pasar.tabel", "title": TEXT("Asing", "Strange"), "columns": [{"key": "a", "title": TEXT("a", "a"), "kind": "film"}], "sql": "SELECT 1"},
        ]}],
}


class Hub:
    """A hub that is asked by the boards; `role` is who reads, `answers` replaces answers by path."""

    def __init__(self, role="analis", alerts=ALERTS, **more):
        self.role, self.alerts, self.asked, self.acts, self.scale, self.words = role, [dict(one) for one in alerts], [], [], 1, b""
        self.steps, self.pushes, self.lost = [], [], False
        self.boards, self.faults = [], []
        self.answers = {
            "/api/v1/session": self.session,
            "/api/v1/sql": self.sql,
            "/api/v1/boards": self.list_boards,
            "/api/v1/receipts": self.list_receipts,
            "/api/v1/receipts/*": self.one_receipt,
            "/api/v1/freshness": (200, {"generated_at": "2026-11-29T03:00:00Z", "visible_seq": 9, "feeds": FEEDS}),
            "/api/v1/datasets": (200, {"items": [{"dataset": one["dataset"], "title": one["title"], "owner": one["owner"], "layer": "data", "may_push": True,
                                                  "allow_repeats": False, "primary_key": ["tanggal"]} for one in FEEDS], "next": None}),
            "/api/v1/feeds/*": self.push,
            "/api/v1/alerts": self.list_alerts,
            "/api/v1/alerts/*": self.one_alert,
            "/api/v1/indicators/*": lambda *_: (200, {"items": [
                {"unit": "x", "date": one["tanggal"], "rule": False, "flag": one["tanda"], "expected": one["harapan"], "upper": one["batas"],
                 **({"observed": one["nilai"]} if one["nilai"] is not None else {}), **({"severity": one["keparahan"]} if one["keparahan"] else {})}
                for one in points(140)], "next": None}),
            "/api/v1/events": lambda *_: (200, b"retry: 300\n\n" + self.words, {"Content-Type": "text/event-stream"}),
            **more,
        }

    def session(self, method, headers, query, body):
        if method == "POST":
            if json.loads(body)["key"] != "sc_benar":
                return 401, {"title": "unauthorised", "status": 401}
            self.role = self.role or "analis"
            self.is_out = False
            return 204, b""
        if method == "DELETE":
            self.is_out = True
            return 204, b""
        if getattr(self, "is_out", False):
            return 401, {"title": "unauthorised", "status": 401}
        return 200, {"name": f"{self.role}-1", "role": self.role, "regions": []}

    def list_alerts(self, method, headers, query, body):
        asked = {name: value[0] for name, value in parse_qs(query).items()}
        fits = lambda one, name, key: name not in asked or one[key] in asked[name].split(",")
        items = [one for one in self.alerts if fits(one, "status", "status") and fits(one, "severity", "severity")
                 and one["region"].startswith(asked.get("wilayah", ""))]
        return 200, {"items": items, "next": None}

    def one_alert(self, method, headers, query, body, path):
        found = next((one for one in self.alerts if path.endswith(one["id"])), None)
        if found is None:
            return 404, {"title": "not found", "status": 404, "detail": "alert does not exist"}
        if method == "POST":
            act = json.loads(body)
            self.acts.append(act)
            if act["action"] == "close" and found["status"] == "open":
                return 409, {"title": "conflict", "status": 409, "detail": "an alert is closed after a verdict"}
            found["status"] = {"acknowledge": "acknowledged", "verify": "verified", "dismiss": "dismissed"}.get(act["action"], found["status"])
            self.steps.append({"alert": found["id"], "at": "2026-11-29T03:00:00Z", "by": "dikpora-1", "deed": act["action"], "note": act.get("note", "")})
        why = {"bagian": {name: {"visits": visits, "low": visits - 2, "high": visits + 2} for name, visits in
                          (("calendar", -1.5), ("elsewhere", -5.2), ("repeats", -1.1), ("unexplained", -0.3))},
               "kalimat": {"id": "Sebagian besar dilayani di desa.", "en": "Most are served in the villages."}}
        return 200, {**found, "evidence": [{"indicator": found["indicator"], "title": found["title"], "unit": found["unit"], "from": found["since"], "to": found["last"],
                                            "points": [], "is_rule": False, "data": f"mart.indikator_{found['indicator']}", "series": found["links"]["series"]}],
                     "checked": [{"what": "kunjungan puskesmas wilayah sekolah itu", "what_en": "visits to the health centre", "found": True,
                                  "text": "9 kasus diare, biasanya 2", "text_en": "9 cases of diarrhoea, usually 2"},
                                 {"what": "sekolah di sekitarnya", "what_en": "schools nearby", "found": False}],
                     **({"attribution": why} if found["family"] == "layanan" else {}),
                     "steps": self.steps, "may": ["acknowledge", "verify", "dismiss", "close", "snooze"] if self.role == "walidata" else []}

    def list_boards(self, method, headers, query, body):
        return 200, {"items": self.boards, **({"faults": self.faults} if self.role in ("walidata", "admin") else {})}

    def list_receipts(self, method, headers, query, body):
        asked = {name: value[0] for name, value in parse_qs(query).items()}
        first = int(asked.get("cursor", 0))
        fits = [one for one in RECEIPTS if asked.get("dataset", one["dataset"]) == one["dataset"] and asked.get("status", one["status"]) == one["status"]]
        size = int(asked.get("limit", 50))
        return 200, {"items": fits[first:first + size], "next": str(first + size) if first + size < len(fits) else None}

    def one_receipt(self, method, headers, query, body, path):
        found = next((one for one in [*self.pushes, *RECEIPTS] if path.split("/")[4] == one["receipt_id"]), None)
        if found is None:
            return 404, {"title": "not found", "status": 404, "detail": "no such receipt"}
        if path.endswith("/rejects"):
            if headers["Accept"] == "text/csv":
                return 200, "NPSN;Sakit;_baris;_alasan\r\n99;-4;3;di luar batas\r\n".encode(), {"Content-Type": "text/csv"}
            return 200, {"items": [
                {"line": 3, "state": "open", "columns": "Sakit", "rules": "range", "faults": [{"line": 3, "column": "Sakit", "rule": "range", "value": f"-4 {EVIL}", "message": "harus 0 atau lebih"}]},
                {"line": 5, "state": "corrected", "columns": "NPSN", "rules": "reference"}], "next": None}
        return 200, found

    def push(self, method, headers, query, body, path):
        """Takes a file; while `lost` the answers never arrive."""
        asked = {name: value[0] for name, value in parse_qs(query).items()}
        dry = asked.get("dry_run") == "true"
        wrong = body.count(b"salah")
        made = {**receipt(40 + len(self.pushes), path.split("/")[4]), "status": "partial" if wrong else "accepted", "dry_run": dry, "key": headers.get("Idempotency-Key"),
                "rows": counts(10, wrong), "faults": [{"line": 2, "column": "Sakit", "rule": "type", "value": "salah", "message": "bukan bilangan"}] * wrong,
                **({"corrects": {"receipt_id": asked["corrects"], "closed": 1, "superseded": 0}} if "corrects" in asked else {})}
        before = next((one for one in self.pushes if not one["dry_run"] and made["key"] is not None and one["key"] == made["key"]), None)
        if before is None:
            self.pushes.append(made)
        if self.lost:
            return None
        return (202, before, {"Idempotency-Replayed": "true"}) if before else (202, made)

    def sql(self, method, headers, query, body):
        asked = json.loads(body)
        self.asked.append(asked)
        rows = self.rows(asked["sql"], asked.get("params", {}))
        if isinstance(rows, tuple):
            return rows
        return 200, {"columns": [], "rows": rows, "end": True, "count": len(rows), "truncated": False}

    def rows(self, sql, params):
        if self.role == "pimpinan" and re.search(r"_sekolah_|_puskesmas_harian|mart\.skdr_mingguan|ref\.|indikator_", sql):
            return 422, {"title": "the request is not valid", "status": 422, "detail": "sql: table not found"}
        if "mart.daftar_kecamatan" in sql:
            return [{"kode": f"35.03.{code}", "nama": name, "lintang": lat, "bujur": lon, "batas": None} for code, name, lat, lon in PLACES]
        if "mart.daftar_instansi" in sql:
            return [{"id": one, "nama": name} for one, name in NAMES.items()]
        if "WHERE libur OR" in sql:
            return [{"tanggal": day, "libur": False, "ramadan": False, "libur_sekolah": True, "nama_libur": None} for day in days(60)[5:15]]
        if "mart.kelengkapan_instansi" in sql:
            return [{"kalimat": "Dinas Kesehatan belum mengirim kunjungan puskesmas dari 3 unit.", "nama_instansi": "Dinas Kesehatan", "umpan": "kunjungan_puskesmas",
                     "unit_terlambat": 3, "sejak": days(9)[0]}]
        if "mart.alert" in sql:
            why = {"dari": days(56)[0], "sampai": days(2)[0], "bagian": {name: {"visits": visits, "low": visits - 20, "high": visits + 20} for name, visits in
                   (("calendar", 1), ("elsewhere", -43), ("repeats", -8), ("unexplained", -218))}, "kalimat": {"id": "Kunjungan turun 269.", "en": "Visits fell by 269."}}
            return [{"peringatan_id": ALERTS[2]["id"], "nama": "Kependudukan di MPP", "mulai": days(56)[0], "terakhir": days(2)[0], "status": "closed", "atribusi": json.dumps(why)}]
        if "mart.kelengkapan_terima" in sql:
            return [{"instansi": one, "nama": name, "umpan": 4 + n, "masuk": 4, "terakhir": days(9)[n] if n else None} for n, (one, name) in enumerate(NAMES.items())]
        if "AS hari_ke" in sql or "hari_ke, jam" in sql:
            return [{"hari_ke": day, "jam": hour, "nilai": wave(day * 8 + hour, 0.5, 14)} for day in range(1, 6) for hour in range(7, 15)]
        if "mart.indikator_" in sql:
            return points(140)
        if re.search(r"AS kode, .*AS nilai", sql):
            return [{"kode": f"35.03.{code}", "nilai": None if code == "03" else wave(n, 1, 6) * self.scale, "periode": weeks(1)[0]} for n, (code, *_) in enumerate(PLACES)]
        if re.search(r"AS periode", sql):
            return [{"periode": week, "nilai": wave(n, 2, 5) * self.scale, **({"sasaran": 4.5} if "sasaran" in sql else {})} for n, week in enumerate(weeks(26))]
        if re.search(r"(AS tanggal|SELECT tanggal|SELECT k.tanggal)", sql):
            daily = "minggu_mulai" not in sql
            return [{"tanggal": day, "nilai": None if n == 12 else wave(n, 20, 60) * self.scale, "ulang": 3, "lain": 17} for n, day in enumerate(days(200) if daily else weeks(52))]
        if re.search(r"AS nilai, (max\(nama|slug AS nama|nama FROM)", sql):
            return [{"nilai": "ispa", "nama": "ispa"}, {"nilai": "diare_akut", "nama": "diare_akut"}] if "slug" in sql else [
                {"nilai": "MPP", "nama": "Mal Pelayanan Publik"}, {"nilai": "CPP", "nama": "Kafe Pelayanan Publik"}] if "lokasi" in sql else [
                {"nilai": "99000001", "nama": f"SD Simulasi {EVIL}"}, {"nilai": "99000002", "nama": "SD Simulasi 2"}]
        if "rumpun AS nilai" in sql:
            return [{"nilai": "kependudukan", "nama": "kependudukan"}, {"nilai": "pajak", "nama": "pajak"}]
        if re.search(r"AS nama, .*AS nilai", sql, re.S):
            return [{"nama": name, "nilai": 40 - 9 * n} for n, name in enumerate(("waktu", "biaya", "sarana"))]
        # A table: every column that the statement gives, by what its name says.
        return [{"kode": f"35.03.{code}", "nama": f"Nama {name}", "instansi": list(NAMES)[n % 4], "slug": "ispa" if n == 0 else f"penyakit_{n}", "mutu": "ABCD"[n % 4],
                 "terendah": "waktu", "status": "cukup", "ini": wave(n, 1, 6), "naik": (n % 5) - 2, "sakit": 1.5, "lapor": 98.2, "kurang": n, "seharusnya": 5,
                 "biasa": 2.4, "rasio": None if n == 2 else 1.25, "pengunjung": 30 + n, "ulang": 2, "tunggu": 3.4, "tunggu90": 12.1, "standar": 15, "dalam": 81.3,
                 "terukur": 40, "masuk": 7, "terbuka": 1, "tanggap": 30.1, "ikm": 83.91, "n": 120, "minimal": 90, "terbit": 4.1, "rata": 4.2, "kunjungan": 40,
                 "tanggal": days(30)[n], "nilai": n, "harapan": 3.2, "batas": 6.1, "keterangan": None, "unit": f"9900000{n % 9}", "wilayah": f"35.03.{code}", "rumpun": f"rumpun_{n}",
                 "lain": 3 - n, "hari": 0} for n, (code, name, *_) in enumerate(PLACES)]


def counts(received, rejected):
    return {"received": received, "accepted": received - rejected, "inserted": received - rejected, "updated": 0, "unchanged": 0, "stale": 0, "deleted": 0, "duplicate": 0,
            "rejected": rejected}


def receipt(n, dataset="absensi_harian_sekolah"):
    return {"receipt_id": f"r{n}", "dataset": dataset, "contract_version": "1.0.0", "status": "partial" if n == 2 else "accepted", "rows": counts(1200 + 2 * n, n), "faults": [],
            "rejects": {"open": n, "corrected": 0, "superseded": 0, "replayed": 0, "discarded": 0, "expired": 0}, "received_at": "2026-11-29T03:00:00Z", "seq": 7 + n,
            "payload_sha256": "ab" * 32, "warnings": ["kolom Catatan tidak dipakai"] if n == 2 else [], "links": {"self": f"/api/v1/receipts/r{n}", "rejects": f"/api/v1/receipts/r{n}/rejects"}}


RECEIPTS = [receipt(n) for n in range(30)]
FEEDS = [{"dataset": name, "title": title, "owner": owner, "rows": rows, "state": state, "last_received_at": None if state == "never" else "2026-11-29T02:00:00Z",
          "sentence_id": f"{title}: jadwalnya paling lama tiap 1 hari.", "sentence_en": f"{title}: due at least every day."}
         for name, title, owner, rows, state in (
             ("absensi_harian_sekolah", "Absensi harian sekolah", "dikpora", 30569, "fresh"), ("absensi_kelas", "Absensi kelas", "dikpora", None, "fresh"),
             ("kunjungan_puskesmas", "Kunjungan puskesmas", "dinkes", 9120, "late"), ("batas_kecamatan", "Batas kecamatan", "kominfo", 0, "never"))]
