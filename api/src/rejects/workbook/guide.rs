//! The sheet that tells how to go on, in both languages. `{receipt}` stands for the receipt's id.

/// Title and lines.
pub(super) type Guide = (&'static str, &'static [&'static str]);

/// For those who fix rows.
pub(super) const INDONESIAN: Guide = (
    "Petunjuk: memperbaiki baris yang ditolak",
    &[
        "Lembar Ditolak berisi baris yang ditolak, persis seperti yang dikirim. Sel yang salah diberi warna merah muda; arahkan tetikus ke sel itu untuk membaca alasannya. Alasan lengkap ada di kolom _alasan.",
        "1. Perbaiki sel yang salah. Sel yang dikirim sebagai teks tetap teks, jadi angka nol di depan (NIK, NPSN, kode wilayah) tidak hilang.",
        "2. Jangan ubah baris judul dan jangan hapus kolom _baris: kolom itu memberi tahu baris mana yang diperbaiki. Kolom _kolom, _aturan, dan _alasan diabaikan saat dikirim lagi.",
        "3. Baris yang belum dapat diperbaiki boleh dihapus dari berkas ini; baris itu tetap menunggu.",
        "4. Simpan, lalu kirim berkas ini sebagai perbaikan: unggah di halaman kirim data, atau jalankan: smartcenter push DATASET berkas.xlsx --corrects {receipt}",
        "Jika ada beberapa lembar Ditolak, kirim satu per satu dengan --sheet.",
    ],
);

/// The same in English.
pub(super) const ENGLISH: Guide = (
    "How to fix rejected rows",
    &[
        "The sheet Ditolak holds the rejected rows just as they were sent. Wrong cells are pink; point at one to read why. All reasons stand in the column _alasan.",
        "1. Correct the wrong cells. What was sent as text stays text, so leading zeros (NIK, NPSN, region codes) stay.",
        "2. Leave the header line as it is and keep the column _baris: it tells which rows are corrected. The columns _kolom, _aturan and _alasan are ignored when the file is sent again.",
        "3. Rows that cannot be corrected yet may be removed from this file; they go on waiting.",
        "4. Save, and send this file as a correction: on the upload page, or by: smartcenter push DATASET file.xlsx --corrects {receipt}",
        "Where there are several sheets Ditolak, send them one by one with --sheet.",
    ],
);
