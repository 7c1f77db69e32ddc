//! Why a whole file was not taken, or all of its rows were rejected.

use super::Sentence;

pub(super) const SENTENCES: &[Sentence] = &[
    // Remedies, which other sentences end with
    (
        r"open it in Excel or LibreOffice, save it anew as \.xlsx, and send that",
        "buka di Excel atau LibreOffice, simpan ulang sebagai .xlsx, lalu kirim",
    ),
    (
        r"save the file as UTF-8, or name its character set .*",
        "simpan berkasnya sebagai CSV UTF-8, atau sebut set karakternya",
    ),
    // All rows
    (
        r"(\d+) of (\d+) rows cannot be used, and a snapshot must be complete: .*",
        "$1 dari $2 baris tidak dapat dipakai, padahal potret harus utuh: yang tidak ada di dalamnya berakhir. Perbaiki \
         barisnya, lalu kirim semuanya lagi",
    ),
    (
        r"(\d+) of (\d+) rows are bad, more than the (\S+)% this contract lets pass: .*",
        "$1 dari $2 baris salah, lebih dari $3% yang diperbolehkan: perbaiki berkasnya, lalu kirim semuanya lagi",
    ),
    (
        r"the snapshot leaves out (\d+) of the (\d+) rows that its scope has \((\d+) %\), and the contract lets (\d+) % .*",
        "potret ini tidak memuat $1 dari $2 baris yang tersimpan di cakupannya ($3%), padahal yang boleh hilang sekaligus \
         $4%: tidak ada yang disimpan. Periksa apakah berkasnya utuh dan cakupannya benar; bila benar, hapus barisnya \
         dengan _op = D, atau naikkan maxVanished di kontrak",
    ),
    (
        r"line (\d+): its key is held by a row of another institution or region, .*",
        "baris $1: kuncinya milik baris instansi atau wilayah lain, yang tidak boleh diganti atau dihapus oleh kunci ini. \
         Tidak ada yang disimpan; keluarkan baris itu, atau minta pemilik kumpulan data mengirimnya",
    ),
    (
        r"line (\d+): its key exists with other values, and mode=append only adds: .*",
        "baris $1: sudah ada dengan isi lain, padahal cara kirimnya hanya menambah: keluarkan baris itu, atau pilih cara \
         perbarui. Tidak ada yang disimpan",
    ),
    // Headers
    (
        r"dataset (\S+): columns? (?<list>.+) (?:is|are) missing in the header \(found (.*)\): name the columns .*",
        "kumpulan data $1: kolom $list tidak ada di judul (yang ada: $3); samakan nama kolomnya",
    ),
    (
        r"dataset (\S+): column (.+) occurs twice in the header, as (.+) and (.+): keep one",
        "kumpulan data $1: kolom $2 ada dua kali di judul, sebagai $3 dan $4: sisakan satu",
    ),
    (
        r"dataset (\S+): the header has more than (\d+) columns: .*",
        "kumpulan data $1: judulnya lebih dari $2 kolom: kirim kolom yang dikenal saja",
    ),
    (
        r"dataset (\S+): none of the first (\d+) rows names a column .*; row (\d+) comes nearest with (.+): name .* does",
        "kumpulan data $1: di $2 baris pertama tidak ada judul kolom yang dikenal; yang paling mirip baris $3, dengan $4",
    ),
    (
        r"dataset (\S+): none of the first (\d+) rows names a column .*; row (\d+) comes nearest with (.+): name .* does, (?<list>.+) at least",
        "kumpulan data $1: di $2 baris pertama tidak ada judul kolom yang dikenal; yang paling mirip baris $3, dengan $4; \
         kolom wajib: $list",
    ),
    (r"row (\d+): (?<meant>.+)", "baris $1: $meant"),
    (
        r"(?:the file|the sample) has no header line: .*",
        "berkasnya tidak mempunyai judul kolom: baris pertama harus berisi nama kolom",
    ),
    // Text
    (
        r"byte (\d+) of the payload is not (\S+): (?<meant>.+)",
        "bita ke-$1 bukan $2: $meant",
    ),
    (
        r"the payload is not text in UTF-8 \(.*\): (?<meant>save .+)",
        "isinya bukan teks UTF-8: $meant",
    ),
    (
        r"the quote opened on line (\d+) is never closed: .*",
        "tanda kutip yang dibuka di baris $1 tidak pernah ditutup: berkasnya terpotong, atau tanda kutip itu harus ditulis \
         dua kali",
    ),
    (
        r"the record on line (\d+) is longer than (\d+) bytes: a quote .*",
        "baris $1 lebih dari $2 bita: tanda kutip yang dibuka di situ tidak ditutup, atau harus ditulis dua kali",
    ),
    (
        r"the record on line (\d+) is longer than (\d+) bytes: .*",
        "baris $1 lebih dari $2 bita: benarkah berkasnya teks dengan ganti baris?",
    ),
    (
        r"the header is longer than (\d+) bytes: .*",
        "judulnya lebih dari $1 bita: benarkah berkasnya teks dengan ganti baris?",
    ),
    (
        r"the file ends its lines with CR alone: .*",
        "ganti barisnya hanya CR: simpan dengan LF atau CRLF",
    ),
    (
        r"the payload is empty: .*",
        "berkasnya kosong: kirim berkas dengan judul kolom atau paling sedikit satu baris",
    ),
    // Documents
    (
        r"the (JSON|GeoJSON|FHIR) document ends early, at byte (\d+) on line (\d+): .*",
        "dokumen $1 terpotong di bita ke-$2, baris $3: kirim dokumen yang utuh",
    ),
    (
        r"the (JSON|GeoJSON|FHIR) document is broken at byte (\d+) on line (\d+): .*",
        "dokumen $1 salah di bita ke-$2, baris $3",
    ),
    (
        r"the JSON document is broken near byte (\d+): .*",
        "dokumen JSON salah di sekitar bita ke-$1: kirim JSON yang benar",
    ),
    (
        r"the (JSON|GeoJSON|FHIR) document is nested deeper than (\d+) on line (\d+).*",
        "dokumen $1 bertingkat lebih dari $2 di baris $3",
    ),
    (
        r"the payload is blank: .*",
        "berkasnya tidak berisi apa-apa: kirim dokumen yang utuh",
    ),
    (
        r"the JSON value before line (\d+) is longer than (\d+) bytes: .*",
        "nilai JSON sebelum baris $1 lebih dari $2 bita: kirim daftar objek kecil",
    ),
    (
        r#"the GeoJSON document has (?:no `type`|the type .+) where .+ was expected: .*"#,
        "dokumen GeoJSON-nya bukan FeatureCollection: kirim FeatureCollection dengan isinya, atau satu Feature",
    ),
    (
        r"the bundle has the type (.+), which is not read here: send one of (.+)",
        "jenis bundelnya $1, yang tidak dibaca di sini: kirim salah satu dari $2",
    ),
    (
        r"the document is a resource of the type (.+): send a Bundle, or one (\S+)",
        "dokumennya resource jenis $1: kirim Bundle, atau satu $2",
    ),
    (
        r"the document has no `resourceType`: .*",
        "dokumennya tanpa `resourceType`: kirim Bundle FHIR R4 dalam JSON",
    ),
    (
        r"the bundle has (?:more than )?(\d+) (?:entries|bytes)\b.*",
        "bundelnya terlalu besar ($1): kirim beberapa bundel",
    ),
    (
        r"dataset (\S+): its contract does not say what its rows are in FHIR: .*",
        "kontrak kumpulan data $1 tidak menjelaskan barisnya dalam FHIR: kirim bentuk lain, atau minta walidata \
         melengkapi kontraknya",
    ),
    (
        r"dataset (\S+): its contract does not say where the columns of a fixed-width file stand: .*",
        "kontrak kumpulan data $1 tidak menjelaskan letak kolom di berkas berlebar tetap: kirim bentuk lain, atau minta \
         walidata melengkapi kontraknya",
    ),
    // Parquet and Arrow
    (
        r"the (\S+) file is cut off or damaged: .*",
        "berkas $1-nya terpotong atau rusak: tulis ulang, lalu kirim berkas yang utuh",
    ),
    (
        r"the payload is no Parquet file, or one that is cut off: .*",
        "bukan berkas Parquet, atau terpotong: kirim berkas yang utuh",
    ),
    (
        r"the Parquet file is packed with (\S+), which is not read here: .*",
        "berkas Parquet-nya dimampatkan dengan $1, yang tidak dibaca di sini: tulis dengan snappy, zstd, atau tanpa \
         pemampatan",
    ),
    (
        r"the Parquet file has a column in the encoding (\S+), which is not read here: .*",
        "berkas Parquet-nya mempunyai kolom dengan penyandian $1, yang tidak dibaca di sini: tulis dengan penyandian \
         kamus atau biasa",
    ),
    (
        r"the Parquet file has a column of values of (\d+) bytes each: .*",
        "berkas Parquet-nya mempunyai kolom berisi $1 bita: tulis sebagai teks",
    ),
    (
        r"the Parquet file is encrypted: .*",
        "berkas Parquet-nya terenkripsi: kirim tanpa enkripsi",
    ),
    (
        r"the Arrow data are packed inside, .*",
        "isi berkas Arrow-nya dimampatkan di dalam, yang tidak dibaca di sini: tulis tanpa pemampatan",
    ),
    (
        r"the payload is no Arrow stream or file: .*",
        "bukan aliran atau berkas Arrow",
    ),
    (
        r"the payload is a Feather file of version 1: .*",
        "berkas Feather versi 1: tulis versi 2, yaitu Arrow",
    ),
    (
        r"the file unpacks to more than (\d+) bytes: .*",
        "berkasnya lebih dari $1 bita bila dibuka: kirim beberapa bagian",
    ),
    (
        r"the record in row (\d+) is longer than (\d+) bytes: .*",
        "baris $1 lebih dari $2 bita: kirim baris yang lebih kecil",
    ),
    // Packing and size
    (
        r"the (\S+) stream ends early, after (\d+) packed bytes: .*",
        "berkas $1-nya terpotong sesudah $2 bita: kirim lagi berkas yang utuh",
    ),
    (
        r"the body is not (\S+) after byte (\d+): .*",
        "sesudah bita ke-$2 isinya bukan $1: kirim lagi berkas yang utuh",
    ),
    (
        r"the payload is larger than (\d+) bytes: .*",
        "berkasnya lebih dari $1 bita: bagi menjadi beberapa kiriman",
    ),
    (
        r"(\d+) packed bytes became more than (\d+) bytes: .*",
        "$1 bita menjadi lebih dari $2 bita: kirim tanpa dimampatkan bila memang begitu",
    ),
    (
        r"the body could not be read to its end \(.*\): .*",
        "kirimannya terputus sebelum selesai: kirim semuanya lagi",
    ),
    // Who and when
    (
        r"key (\S+) may not push to dataset (\S+): .*",
        "kunci $1 tidak boleh mengirim ke kumpulan data $2",
    ),
    (
        r"dataset (\S+) has no contract here: .*",
        "kumpulan data $1 tidak ada di sini",
    ),
    (
        r"rejected rows of receipt (\S+) are being corrected by another push: .*",
        "baris yang ditolak pada kiriman $1 sedang diperbaiki kiriman lain: tunggu jawabannya, lalu coba lagi",
    ),
    (
        r"receipt (\S+) has no rejected rows: .*",
        "kiriman $1 tidak mempunyai baris yang ditolak: kirim tanpa perbaikan",
    ),
    (
        r"receipt (\S+) is of dataset (\S+), and this push is to (\S+): .*",
        "kiriman $1 untuk kumpulan data $2, sedangkan berkas ini untuk $3: kirim perbaikannya ke $2",
    ),
    (
        r"receipt (\S+) has no open rows that can be read again.*",
        "kiriman $1 tidak mempunyai baris terbuka yang dapat dibaca lagi",
    ),
    // Alerts
    (
        r"alerts are not open to this key",
        "peringatan tidak terbuka untuk kunci ini",
    ),
    (
        r"there is no alert (.+) for this key",
        "tidak ada peringatan $1 untuk kunci ini",
    ),
    (
        r"this is for data stewards, and for the institution that is told: .*",
        "yang boleh hanya walidata dan instansi yang diberi tahu: mintalah kepada salah satunya",
    ),
    (
        r"this hub does not watch: .*",
        "hub ini tidak menilai: peringatan dapat dibaca, tetapi hasilnya tidak dapat dicatat",
    ),
    (
        r"a note is needed: .*",
        "catatan wajib diisi: tulis apa yang ditemukan, dalam satu kalimat",
    ),
    (
        r"the note is longer than (\d+) characters: shorten it",
        "catatannya lebih dari $1 huruf: persingkat",
    ),
    (
        r"`until` is (?:wanting|a moment).*",
        "waktu akhirnya harus masih akan datang, paling lama setahun",
    ),
    (
        r"the alert is closed: .*",
        "peringatan ini sudah selesai: yang terjadi sesudahnya membuka peringatan baru",
    ),
    (
        r"the alert has no verdict yet: .*",
        "belum ada putusan: nyatakan terbukti atau bukan masalah dahulu, baru selesai",
    ),
    (r"the alert is (?:\w+) already", "peringatan ini sudah ditangani"),
];
