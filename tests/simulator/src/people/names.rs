//! Names made up by combining given names that are common in Java. A name is one to three words in capitals, as the
//! registry writes them; that two people share one is intended.

use crate::dice::Dice;

const MEN: [&str; 48] = [
    "Agus",
    "Ahmad",
    "Andi",
    "Arif",
    "Bagus",
    "Bambang",
    "Bayu",
    "Budi",
    "Choirul",
    "Dani",
    "Darmawan",
    "Dedi",
    "Dimas",
    "Dwi",
    "Eko",
    "Fajar",
    "Galih",
    "Hadi",
    "Hari",
    "Hendra",
    "Imam",
    "Joko",
    "Kasan",
    "Katimin",
    "Khoirul",
    "Lukman",
    "Misdi",
    "Mohamad",
    "Muhammad",
    "Mulyono",
    "Nur",
    "Paijan",
    "Ponidi",
    "Purwanto",
    "Rahmat",
    "Rizki",
    "Rudi",
    "Saiful",
    "Samsul",
    "Slamet",
    "Sugeng",
    "Sukarni",
    "Supriyadi",
    "Suyatno",
    "Tri",
    "Wahyu",
    "Yoga",
    "Zainal",
];
const WOMEN: [&str; 48] = [
    "Aisyah", "Anik", "Anisa", "Ayu", "Binti", "Dewi", "Dian", "Dwi", "Eka", "Endang", "Erna", "Fatimah", "Fitri",
    "Ika", "Indah", "Intan", "Jumiati", "Kartini", "Khotimah", "Lailatul", "Lestari", "Lilik", "Maisaroh", "Marsini",
    "Mei", "Murni", "Nanik", "Nur", "Nurul", "Painem", "Puji", "Putri", "Ratna", "Rina", "Rini", "Siti", "Sri",
    "Sukini", "Sulastri", "Sumini", "Suparti", "Tri", "Tutik", "Umi", "Wahyuni", "Winarsih", "Yuni", "Zulaikah",
];
const MEN_AFTER: [&str; 40] = [
    "Adi",
    "Afandi",
    "Anwar",
    "Ardiansyah",
    "Basuki",
    "Cahyono",
    "Efendi",
    "Fauzi",
    "Firmansyah",
    "Gunawan",
    "Hakim",
    "Hariyanto",
    "Hidayat",
    "Irawan",
    "Kurniawan",
    "Kusuma",
    "Maulana",
    "Mustofa",
    "Nugroho",
    "Pamungkas",
    "Prasetyo",
    "Pratama",
    "Purnomo",
    "Raharjo",
    "Ramadhan",
    "Riyanto",
    "Rohman",
    "Santoso",
    "Saputra",
    "Setiawan",
    "Subagyo",
    "Sudrajat",
    "Susanto",
    "Susilo",
    "Sutrisno",
    "Utomo",
    "Wibowo",
    "Wicaksono",
    "Widodo",
    "Yulianto",
];
const WOMEN_AFTER: [&str; 40] = [
    "Agustina",
    "Aminah",
    "Anggraini",
    "Aprilia",
    "Astuti",
    "Azizah",
    "Damayanti",
    "Fadilah",
    "Handayani",
    "Hasanah",
    "Hidayati",
    "Istiqomah",
    "Kholifah",
    "Khasanah",
    "Kurniasih",
    "Kusumawati",
    "Lestari",
    "Maharani",
    "Mahmudah",
    "Masruroh",
    "Mulyani",
    "Munawaroh",
    "Mutmainah",
    "Ningsih",
    "Nuraini",
    "Oktaviani",
    "Permatasari",
    "Pratiwi",
    "Purwanti",
    "Puspitasari",
    "Rahayu",
    "Rahmawati",
    "Rohmah",
    "Safitri",
    "Sari",
    "Setyowati",
    "Susanti",
    "Utami",
    "Wijayanti",
    "Wulandari",
];
/// No second or third word.
const NONE: u8 = u8::MAX;

/// A name, packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Name([u8; 3]);

impl Name {
    /// A name for somebody; the old more often have a single word.
    pub(crate) fn draw(female: bool, age: u32, dice: &mut Dice) -> Self {
        let (first, after) = pools(female);
        let words = match dice.unit() {
            x if age > 55 && x < 0.62 => 1,
            x if x < 0.06 => 1,
            x if x < 0.78 => 2,
            _ => 3,
        };
        let mut part = |pool: &[&str], wanted: bool| if wanted { dice.below(pool.len()) as u8 } else { NONE };
        let name = [part(first, true), part(after, words > 1), part(after, words > 2)];
        // "Lestari Sari Sari" would be odd.
        Self(if name[1] == name[2] {
            [name[0], name[1], NONE]
        } else {
            name
        })
    }

    /// The name in capitals.
    pub(crate) fn text(self, female: bool) -> String {
        let (first, after) = pools(female);
        let mut text = first
            .get(usize::from(self.0[0]))
            .copied()
            .unwrap_or("Nur")
            .to_uppercase();
        for part in &self.0[1..] {
            if let Some(word) = after.get(usize::from(*part)) {
                text.push(' ');
                text.push_str(&word.to_uppercase());
            }
        }
        text
    }
}

fn pools(female: bool) -> (&'static [&'static str], &'static [&'static str]) {
    if female {
        (&WOMEN, &WOMEN_AFTER)
    } else {
        (&MEN, &MEN_AFTER)
    }
}

/// How another office spells the same name: an old spelling, an abbreviation, a missing word, a typing error. Always
/// differs from `name`.
pub(crate) fn misspelt(name: &str, dice: &mut Dice) -> String {
    let changes: [(&str, &str); 8] = [
        ("MUHAMMAD ", "MOCH. "),
        ("MOHAMAD ", "M. "),
        ("SITI ", "ST. "),
        ("KH", "CH"),
        ("NUR", "NOER"),
        ("Y", "I"),
        ("SU", "SOE"),
        ("AH", "A"),
    ];
    let start = dice.below(changes.len());
    for step in 0..changes.len() {
        let (from, to) = changes[(start + step) % changes.len()];
        if name.contains(from) {
            return name.replacen(from, to, 1);
        }
    }
    // Two letters in the wrong order.
    let mut letters: Vec<char> = name.chars().collect();
    for at in 1..letters.len().saturating_sub(1) {
        if letters[at] != letters[at + 1] && letters[at] != ' ' && letters[at + 1] != ' ' {
            letters.swap(at, at + 1);
            return letters.into_iter().collect();
        }
    }
    format!("{name} X")
}
