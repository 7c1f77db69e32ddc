//! What is wrong with a cell or a row that could be read.

use super::Sentence;

/// In the order in which they are tried: last those that begin with what somebody sent.
pub(super) const SENTENCES: &[Sentence] = &[
    // Values
    (r"a value is required", "isian ini wajib"),
    (r"a value is required at (.+)", "isian wajib pada $1"),
    (r"text was expected", "harus teks"),
    (
        r"a whole number(?: between \S+ and \S+)? was expected",
        "harus bilangan bulat",
    ),
    (
        r"a number with the decimal sign '(.)' was expected",
        "harus angka, dengan tanda desimal '$1'",
    ),
    (
        r"a number in Indonesian or English notation was expected",
        "harus angka, ditulis cara Indonesia (1.261,40) atau Inggris (1,261.40)",
    ),
    (
        r"a number with the decimal sign '(.)', at most (\d+) digits before it and (\d+) behind it was expected",
        "harus angka, dengan tanda desimal '$1', paling banyak $2 angka di depannya dan $3 di belakangnya",
    ),
    (
        r"a number in Indonesian or English notation, at most (\d+) digits before it and (\d+) behind it was expected",
        "harus angka, ditulis cara Indonesia (1.261,40) atau Inggris (1,261.40), paling banyak $1 angka di depan tanda \
         desimal dan $2 di belakangnya",
    ),
    (
        r"ya or tidak \(true or false, 1 or 0, Y or T\) was expected",
        "harus ya atau tidak (1 atau 0, Y atau T)",
    ),
    (
        r"a date such as (\S+) was expected",
        "harus tanggal, ditulis seperti $1",
    ),
    (r"a time such as (\S+) was expected", "harus waktu, ditulis seperti $1"),
    (
        r"a date of the form (?<forms>.+) was expected",
        "harus tanggal berbentuk $forms",
    ),
    (
        r"a time of the form (?<forms>.+) was expected",
        "harus waktu berbentuk $forms",
    ),
    (
        r"was sent as a number and lost its leading zeros; restored to (\d+) digits .*",
        "dikirim sebagai angka sehingga nol di depannya hilang; dikembalikan menjadi $1 angka (ubah format kolom menjadi \
         teks agar nolnya tetap ada)",
    ),
    (
        r"a text, number or boolean was expected, not a list or an object",
        "harus satu nilai, bukan daftar atau objek",
    ),
    // What follows "... was expected"
    (
        r"with the decimal sign '(.)' it would be (\S+); write it so, or change the signs in the contract",
        "dengan tanda desimal '$1' itu berarti $2; tulis begitu",
    ),
    (
        r"(\S+) or (\S+): use the signs of the contract, or write it out without a thousands sign",
        "dapat berarti $1 atau $2; tulis tanpa tanda ribuan",
    ),
    // What can be read in more than one way
    (
        r"(\S+) or (\S+): say `numberSigns: strict` .*, or write it out without a thousands sign",
        "dapat berarti $1 atau $2; tulis tanpa tanda ribuan",
    ),
    (
        r"(.+) or (.+): the formats of the contract read this text in more than one way; write (\S+), or keep one format",
        "dapat berarti $1 atau $2; tulis seperti $3",
    ),
    (
        r"the day of the week and the date differ: (.+) is (.+), and the text says (.+)",
        "nama hari dan tanggalnya tidak cocok: $1 adalah $2, tetapi tertulis $3",
    ),
    // Rules
    (r"the text must have the form \[0-9\]\{(\d+)\}", "harus tepat $1 angka"),
    (
        r"the text must have the form \^\(\?:\[0-9\]\{(\d+)\}\)\$",
        "harus tepat $1 angka",
    ),
    (r"the text must have the form \^\(\?:(.+)\)\$", "harus berbentuk $1"),
    (r"the text must have the form (.+)", "harus berbentuk $1"),
    (r"exactly (\d+) characters are needed", "harus tepat $1 karakter"),
    (
        r"between (\d+) and (\d+) characters are needed",
        "harus $1 sampai $2 karakter",
    ),
    (
        r"at least (\d+) characters are needed",
        "harus paling sedikit $1 karakter",
    ),
    (
        r"at most (\d+) characters are allowed",
        "boleh paling banyak $1 karakter",
    ),
    (
        r"the value must be at least (\S+) and at most (\S+)",
        "harus dari $1 sampai $2",
    ),
    (
        r"the value must be at least (\S+) and less than (\S+)",
        "harus paling sedikit $1 dan kurang dari $2",
    ),
    (
        r"the value must be more than (\S+) and at most (\S+)",
        "harus lebih dari $1 dan paling banyak $2",
    ),
    (
        r"the value must be more than (\S+) and less than (\S+)",
        "harus lebih dari $1 dan kurang dari $2",
    ),
    (r"the value must be at least (\S+)", "harus paling sedikit $1"),
    (r"the value must be at most (\S+)", "harus paling banyak $1"),
    (r"the value must be more than (\S+)", "harus lebih dari $1"),
    (r"the value must be less than (\S+)", "harus kurang dari $1"),
    (r"the value must be one of: (?<list>.+)", "harus salah satu dari: $list"),
    (r"the row must satisfy (.+)", "barisnya harus memenuhi $1"),
    (
        r"(.+) \(it cannot be computed for this row\)",
        "$1 (tidak dapat dihitung untuk baris ini)",
    ),
    (
        r"the code is not in column (\S+) of dataset (\S+)",
        "kode ini tidak ada di kolom $1 pada kumpulan data $2",
    ),
    (
        r"the event is older than (\d+) days",
        "kejadiannya sudah lebih dari $1 hari yang lalu",
    ),
    (
        r"the event lies ahead of the hub's clock by more than (\d+) hours",
        "kejadiannya lebih dari $1 jam di depan waktu sekarang",
    ),
    // Codes from names
    (
        r"this is no code, and dataset (\S+) has no rows yet to look the name up in: .*",
        "ini bukan kode, dan kumpulan data $1 belum berisi untuk mencari namanya: tulis kodenya",
    ),
    (r"(?<codes>.+): write the code", "dapat berarti $codes: tulis kodenya"),
    (
        r"(.+) is not within (.+), but (?<codes>.+)",
        "$1 tidak ada di dalam $2, melainkan $codes",
    ),
    (
        r"(?<codes>.+) was not in force on the day of the row, (\S+)",
        "$codes tidak berlaku pada hari baris ini, $2",
    ),
    (
        r"(.+) is not in dataset (\S+); nearest are (?<list>.+)",
        "$1 tidak ada di kumpulan data $2; yang mirip: $list",
    ),
    (r"(.+) is not in dataset (\S+)", "$1 tidak ada di kumpulan data $2"),
    (
        r"the value does not mean one row of dataset (\S+)",
        "isinya tidak menunjuk tepat satu baris di kumpulan data $1",
    ),
    // Rows
    (
        r"this key may send rows of its own institution only",
        "kunci ini hanya boleh mengirim baris instansinya sendiri",
    ),
    (
        r"this key may send rows of its own region only",
        "kunci ini hanya boleh mengirim baris wilayahnya sendiri",
    ),
    (
        r"the row lies outside of the snapshot's scope: column (\S+) must have the value it names",
        "barisnya di luar cakupan kiriman ini: periksa kolom $1",
    ),
    (
        r"the row is good, but the batch it came in was rejected",
        "barisnya benar, tetapi kirimannya ditolak seluruhnya",
    ),
    (
        r"the operation must be U \(insert or update\) or D \(delete\); empty means U",
        "isinya harus U (tambah atau ubah) atau D (hapus); kosong berarti U",
    ),
    (
        r"mode=append only adds rows: D \(delete\) needs mode=upsert",
        "cara tambah tidak dapat menghapus: untuk D (hapus) pilih cara perbarui",
    ),
    (
        r"rule (\S+) failed; the sent text is hidden",
        "aturan $1 tidak terpenuhi; isi yang dikirim tidak ditampilkan",
    ),
];
