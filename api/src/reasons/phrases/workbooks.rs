//! Why a workbook could not be read, and what a file is instead that is called like one.

use super::Sentence;

pub(super) const SENTENCES: &[Sentence] = &[
    // Sheets
    (
        r"sheet (.+) is empty: the workbook has (.+); name the one to read with \?sheet=",
        "lembar $1 kosong: yang ada $2; isi nama lembar yang harus dibaca",
    ),
    (r"sheet (.+?), (?<meant>(?:row \d+: |dataset ).+)", "lembar $1, $meant"),
    (
        r"the workbook has no visible sheet with a header \(its sheets: (.+)\): .*",
        "tidak ada lembar yang tampak dan berjudul kolom (lembarnya: $1): isi salah satu, atau sebut nama lembarnya",
    ),
    (
        r"the workbook has no sheet (.+): it has (.+)",
        "tidak ada lembar $1: yang ada $2",
    ),
    (
        r"no sheet has a header with rows below it: .*",
        "tidak ada lembar dengan judul kolom dan baris di bawahnya",
    ),
    // Workbooks
    (
        r"the workbook is damaged or was cut off: send the whole file again, or (?<meant>.+)",
        "berkasnya rusak atau terpotong: kirim lagi berkas yang utuh, atau $meant",
    ),
    (
        r"the workbook is locked with a password: .*",
        "berkasnya dikunci dengan kata sandi: buka, hapus kata sandinya (File, Info, Protect Workbook), simpan, lalu kirim \
         lagi",
    ),
    (
        r"the file was sent as (\S+), but it is (?<meant>.+)",
        "berkas ini dikirim sebagai $1, padahal isinya $meant",
    ),
    (
        r"a workbook of Excel 4 or older: (?<meant>.+)",
        "lembar kerja Excel 4 atau lebih lama: $meant",
    ),
    (
        r"a PDF: send the workbook that it was made from",
        "PDF: kirim lembar kerja asalnya",
    ),
    (
        r"packed by (\S+): say so with Content-Encoding: \S+, or send it unpacked",
        "dimampatkan dengan $1: kirim tanpa dimampatkan",
    ),
    (r"Parquet: send it with .*", "Parquet: namai .parquet, lalu kirim lagi"),
    (
        r"an XML spreadsheet of Excel 2003: (?<meant>.+)",
        "lembar kerja XML Excel 2003: $meant",
    ),
    (
        r"a web page \(HTML\) with the name of a workbook: (?<meant>.+)",
        "halaman web (HTML) yang dinamai seperti lembar kerja: $meant",
    ),
    (r"JSON: send it with .*", "JSON: namai .json, lalu kirim lagi"),
    (
        r"text with delimiters: .*",
        "teks berpemisah: namai .csv, lalu kirim lagi",
    ),
    (r"no workbook: (?<meant>.+)", "bukan lembar kerja: $meant"),
    (
        r"the file is no workbook: (?<meant>.+)",
        "berkasnya bukan lembar kerja: $meant",
    ),
    (
        r"the file is a ZIP archive but no workbook: .*",
        "berkasnya arsip ZIP, bukan lembar kerja: buka arsipnya, lalu kirim lembar kerja di dalamnya",
    ),
    (
        r"the file is an Office document, but no workbook: (?<meant>.+)",
        "berkasnya dokumen Office, bukan lembar kerja: $meant",
    ),
    (
        r"the file is an OpenDocument text or drawing, not a spreadsheet: .*",
        "berkasnya dokumen atau gambar OpenDocument: salin tabelnya ke lembar kerja, lalu kirim",
    ),
    (
        r"binary workbooks \(\.xlsb\) are not read here: (?<meant>.+)",
        "lembar kerja biner (.xlsb) tidak dibaca di sini: $meant",
    ),
    (
        r"the workbook has no part (.+): (?<meant>.+)",
        "bagian $1 tidak ada di berkasnya: $meant",
    ),
    (
        r"a cell of the workbook names a text that is not there: (?<meant>.+)",
        "ada isian yang teksnya hilang: $meant",
    ),
    (
        r"row (\d+) of the sheet stands behind row (\d+): (?<meant>.+)",
        "baris $1 di lembarnya ada di belakang baris $2: $meant",
    ),
    (
        r"(\d+) bytes of workbook would unpack to (\d+): .*",
        "berkas $1 bita ini akan menjadi $2 bita bila dibuka: salin isian yang terisi ke lembar kerja baru, lalu kirim itu",
    ),
    (
        r"the workbook unpacks to (\d+) bytes, more than (\d+): .*",
        "berkasnya menjadi $1 bita bila dibuka, lebih dari $2: bagi menjadi beberapa kiriman, atau kirim CSV",
    ),
    (
        r"the workbook has (\d+) parts, more than the (\d+) that are read: .*",
        "berkasnya berisi $1 bagian, lebih dari $2: salin lembarnya ke lembar kerja baru, lalu kirim itu",
    ),
    (
        r"the workbook has (\d+) bytes, more than the (\d+) that are read of an \.xls: (?<meant>.+)",
        "berkasnya $1 bita, lebih dari $2 yang dibaca dari .xls: $meant",
    ),
    (
        r"the sheet has a row (\d+), more than the (\d+) that are read: .*",
        "lembarnya mempunyai baris $1, padahal yang dibaca hanya sampai $2: bagi menjadi beberapa lembar atau kiriman",
    ),
    (
        r"the sheet has more than (\d+) merged cells: .*",
        "lembarnya mempunyai lebih dari $1 isian gabungan: pisahkan yang tidak perlu digabung",
    ),
    (
        r"the texts of the workbook are more than (\d+) bytes: .*",
        "teks di berkasnya lebih dari $1 bita: bagi menjadi beberapa kiriman, atau kirim CSV",
    ),
];
