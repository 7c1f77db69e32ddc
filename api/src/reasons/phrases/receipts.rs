//! What a receipt says about a push as a whole: its warnings.

use super::Sentence;

pub(super) const SENTENCES: &[Sentence] = &[
    // Columns and rows
    (
        r"columns not in the contract were kept out: (?<list>.+)",
        "kolom yang tidak dikenal tidak disimpan: $list",
    ),
    (
        r"(\d+) rows repeat an earlier row of this file and were left out",
        "$1 baris mengulang baris lain di berkas ini dan tidak disimpan",
    ),
    (
        r"the file has a header but no rows",
        "berkasnya hanya berisi judul kolom",
    ),
    (r"and (\d+) more warnings", "dan $1 peringatan lagi"),
    (
        r"(\d+) rows are older by (\S+) than what is held and changed nothing in the current data \(lines (.+)\)",
        "$1 baris lebih lama (menurut $2) daripada yang tersimpan dan tidak mengubah apa pun (baris $3)",
    ),
    (
        r"a dry run does not compare the rows with what is held: .*",
        "pemeriksaan tidak membandingkan dengan yang tersimpan: berapa yang baru, berubah, atau sama belum dihitung",
    ),
    // Code lists
    (
        r"codes were not checked against dataset (\S+): it has no rows yet",
        "kode tidak diperiksa terhadap kumpulan data $1, karena masih kosong",
    ),
    (
        r"names were not looked up in dataset (\S+): it has no rows yet",
        "nama tidak dicari di kumpulan data $1, karena masih kosong",
    ),
    // Workbooks
    (
        r"sheet (.+) was read; (?<list>.+) (?:was|were) not: name another with \?sheet=, or push each of them",
        "yang dibaca lembar $1; yang tidak dibaca: $list. Untuk lembar lain, isi nama lembarnya lalu kirim lagi",
    ),
    (
        r"(\d+) of the rows that were read are hidden in the sheet",
        "$1 baris yang dibaca tersembunyi di lembarnya",
    ),
    (
        r"left out, totals: rows? (?<rows>.+) of the sheet",
        "tidak dibaca, karena jumlah: baris $rows di lembarnya",
    ),
    (
        r"left out, signatures or notes below the data: rows? (?<rows>.+) of the sheet",
        "tidak dibaca, karena tanda tangan atau catatan di bawah data: baris $rows di lembarnya",
    ),
    (
        r"left out, repeats of the header: rows? (?<rows>.+) of the sheet",
        "tidak dibaca, karena mengulang judul kolom: baris $rows di lembarnya",
    ),
    (
        r"left out, without anything in the columns of the contract: rows? (?<rows>.+) of the sheet",
        "tidak dibaca, karena kosong di semua kolom yang dikenal: baris $rows di lembarnya",
    ),
    (
        r"left out, a line that numbers the columns: row (\d+) of the sheet",
        "tidak dibaca, karena hanya menomori kolom: baris $1 di lembarnya",
    ),
    // FHIR
    (
        r"(\d+) entries of the bundle have no resource and are no rows",
        "$1 entri bundel tidak berisi resource, jadi bukan baris",
    ),
    // Corrections
    (
        r"(\d+) rows of this file are rejected and it has no column _baris, so which rows of receipt (\S+) it corrects .*",
        "$1 baris berkas ini ditolak dan tidak ada kolom _baris, jadi tidak diketahui baris mana dari kiriman $2 yang \
         diperbaiki: tidak ada yang ditutup. Perbaiki berkas hasil unduhan, atau semua barisnya sekaligus",
    ),
    (
        r"(\d+) lines named in _baris were not rejected in receipt (\S+): .*",
        "$1 baris yang disebut di _baris tidak ditolak pada kiriman $2: benarkah berkasnya diunduh dari kiriman itu?",
    ),
    (
        r"(\d+) lines named in _baris were corrected or given up before: .*",
        "$1 baris yang disebut di _baris sudah diperbaiki atau ditutup sebelumnya",
    ),
    (
        r"this file was pushed before, and not as a correction of receipt (\S+): .*",
        "berkas ini sudah pernah dikirim, bukan sebagai perbaikan kiriman $1: tidak ada yang ditutup. Bila barisnya sudah \
         masuk, tutup baris yang ditolak dengan alasan bahwa barisnya datang bersama kiriman ini",
    ),
    (
        r"correction (\d+) of column (\S+) changed (\d+) rows",
        "perbaikan $1 pada kolom $2 mengubah $3 baris",
    ),
    (
        r"(\d+) rows are pieces of records that could not be cut into cells: .*",
        "$1 baris berupa potongan yang tidak dapat dipisah menjadi isian, jadi dibiarkan: unduh, perbaiki, lalu kirim",
    ),
    (
        r"(\d+) rows are too long to be read again: .*",
        "$1 baris terlalu panjang untuk dibaca lagi, jadi dibiarkan",
    ),
];
