//! What is wrong with a record that could not be read, and with cells that their document itself spoils.

use super::Sentence;

pub(super) const SENTENCES: &[Sentence] = &[
    // Records of text
    (
        r"(\d+) fields were found where the header has (\d+): look for .*",
        "ada $1 isian, padahal judulnya $2 kolom: periksa tanda pemisah atau ganti baris di dalam isian tanpa tanda kutip",
    ),
    (
        r"the line has (\d+) characters, and the required column (.+) begins at character (\d+): send whole lines",
        "barisnya $1 karakter, padahal kolom wajib $2 mulai di karakter $3: kirim baris yang utuh",
    ),
    (
        r"the JSON object ends early: send one whole object per record",
        "objek JSON-nya terpotong: kirim satu objek utuh untuk tiap baris",
    ),
    (
        r"the record is not a JSON object: send an object with the columns as keys",
        "barisnya bukan objek JSON: kirim objek dengan nama kolom sebagai kunci",
    ),
    (
        r"the record is not valid JSON at character (\d+): send one object per record",
        "JSON-nya salah di karakter $1: kirim satu objek untuk tiap baris",
    ),
    (
        r"key (.+) occurs twice: send each column once",
        "kunci $1 ada dua kali: kirim tiap kolom sekali saja",
    ),
    // Workbooks
    (
        r"the formula shows (.+): correct it in the workbook, or type the value in its place",
        "rumusnya menghasilkan $1: perbaiki rumusnya, atau ketik nilainya",
    ),
    (
        r"the formula has no result: .*",
        "rumusnya belum punya hasil: buka di Excel atau LibreOffice, simpan, lalu kirim lagi",
    ),
    (
        r"the cell holds a number of more than 15 digits, .*",
        "angkanya lebih dari 15 digit, dan yang disimpan lembar kerja hanya 15 yang pertama: ubah format kolom menjadi \
         teks, lalu ketik ulang angkanya",
    ),
    (
        r"the file itself marks this cell as wrong: send a value instead of it",
        "berkasnya sendiri menandai isian ini salah: kirim nilainya",
    ),
    // Parquet and Arrow
    (
        r"the cell holds bytes: write the column as text",
        "isinya bita, bukan teks: tulis kolomnya sebagai teks",
    ),
    (
        r"the value has no plain text: write the column as text, number, date or time",
        "nilainya tidak dapat ditulis sebagai teks: tulis kolomnya sebagai teks, angka, tanggal, atau waktu",
    ),
    // GeoJSON
    (
        r"the element is not an object with `type`, `properties` and `geometry`, each once",
        "bukan objek dengan `type`, `properties`, dan `geometry`, masing-masing sekali",
    ),
    (
        r#"the element has the type nothing where "Feature" was expected"#,
        r#"tidak ada `type`; harus "Feature""#,
    ),
    (
        r#"the element has the type (.+) where "Feature" was expected"#,
        r#"jenisnya $1; harus "Feature""#,
    ),
    (r"`properties` is not an object", "`properties` bukan objek"),
    // A place in a document, and what is the matter with it
    (r"the geometry (?<meant>(?:is|has) .+)", "geometri: $meant"),
    (r"(.+?) (?<meant>(?:is|has|points at) .+)", "$1: $meant"),
    // ... in a geometry
    (
        r"is not an object with `type` and `coordinates`, each once",
        "harus objek dengan `type` dan `coordinates`, masing-masing sekali",
    ),
    (r"has no list `geometries`", "daftar `geometries` tidak ada"),
    (
        r"is a collection in more than (\d+) collections",
        "kumpulan di dalam lebih dari $1 kumpulan",
    ),
    (
        r"has a type that GeoJSON does not know: .*",
        "jenisnya tidak dikenal GeoJSON: pakai Point, Polygon, dan seterusnya",
    ),
    (r"has no `type`", "`type` tidak ada"),
    (r"has no `coordinates`", "`coordinates` tidak ada"),
    (
        r"is a line of fewer than 2 positions",
        "garis dengan kurang dari 2 titik",
    ),
    (
        r"is a ring of fewer than 4 positions",
        "gelang batas dengan kurang dari 4 titik",
    ),
    (
        r"is not the first position again, so the ring is not closed",
        "tidak sama dengan titik pertama, jadi gelang batasnya tidak tertutup",
    ),
    (r"is a polygon without a ring", "poligon tanpa gelang batas"),
    (
        r"is no position: numbers are expected",
        "bukan titik: harus berisi angka",
    ),
    (
        r"is no position: longitude and latitude are expected",
        "bukan titik: harus berisi bujur dan lintang",
    ),
    (
        r"has a latitude outside -90..90; .*",
        "lintangnya di luar -90..90; bujur dan lintang tampaknya tertukar: bujur lebih dahulu",
    ),
    (
        r"is outside longitude -180..180 and latitude -90..90",
        "di luar bujur -180..180 dan lintang -90..90",
    ),
    (
        r"is outside longitude -180..180 and latitude -90..90: .*",
        "di luar bujur -180..180 dan lintang -90..90: kirim derajat (WGS 84), bukan meter dari kisi peta",
    ),
    (
        r"is no list, as the geometry's type asks for",
        "harus daftar, sesuai jenis geometrinya",
    ),
    // ... in a bundle
    (
        r"is no valid JSON object with `fullUrl` and `resource`, each once",
        "bukan objek JSON yang benar dengan `fullUrl` dan `resource`, masing-masing sekali",
    ),
    (r"has no `resource`", "`resource` tidak ada"),
    (
        r"has a `resource` that is no object with a text as `resourceType`",
        "`resource`-nya bukan objek dengan `resourceType` berupa teks",
    ),
    (
        r"has a `resource` without `resourceType`",
        "`resource`-nya tanpa `resourceType`",
    ),
    (
        r"is an object, not a value: let the path go on to one",
        "berupa objek, bukan nilai: jalur di kontrak harus sampai ke nilainya",
    ),
    (
        r"is true or false where FHIR has an object",
        "berisi true atau false, padahal di FHIR berupa objek",
    ),
    (
        r"is a number where FHIR has an object",
        "berisi angka, padahal di FHIR berupa objek",
    ),
    (
        r"is a text where FHIR has an object",
        "berisi teks, padahal di FHIR berupa objek",
    ),
    (r"has more than (\d+) references", "mempunyai lebih dari $1 rujukan"),
    (
        r"has no `reference` to follow: send a literal reference",
        "tidak mempunyai `reference` yang dapat diikuti: kirim rujukan langsung",
    ),
    (
        r"points at a resource that is not in the bundle: send it along",
        "menunjuk resource yang tidak ada di bundel: sertakan juga",
    ),
];
