//! Names of months and days.

/// Full English names of the months.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Full English names of the days, Monday first.
pub(super) const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The names of a language. Every text holds all names of a kind, with `|` between.
struct Locale {
    /// Language of the BCP 47 tag.
    tag: &'static str,
    /// In a date, alone, and shortened.
    months: &'static [&'static str],
    /// Full and short, Monday first.
    days: &'static [&'static str],
    /// Morning and afternoon.
    halves: &'static str,
}

/// The names by which dates are read.
#[derive(Clone, Copy)]
pub(in crate::routines) struct Names(&'static Locale);

impl Names {
    /// The names of a tag such as `ru-RU`, of which the language counts; English when it is not known.
    pub(in crate::routines) fn of(tag: &str) -> Self {
        let language = tag.trim().split(['-', '_']).next().unwrap_or("");
        // Norwegian has two tags.
        let language = if language.eq_ignore_ascii_case("no") { "nb" } else { language };
        let found = LOCALES.iter().find(|locale| locale.tag.eq_ignore_ascii_case(language));
        Self(found.unwrap_or(&ENGLISH))
    }

    /// The month, from 1, that a text begins with, and the length of its name.
    pub(super) fn month(self, text: &str) -> Option<(usize, usize)> {
        longest(text, self.0.months)
    }

    /// The day of the week, Monday 1, that a text begins with, and the length of its name.
    pub(super) fn day(self, text: &str) -> Option<(usize, usize)> {
        longest(text, self.0.days)
    }

    /// Morning 1 or afternoon 2, and the length of its name.
    pub(super) fn half(self, text: &str) -> Option<(usize, usize)> {
        longest(text, &[self.0.halves, ENGLISH.halves])
    }
}

/// The longest name at the start of a text: its place in the list, from 1, and its length.
fn longest(text: &str, lists: &[&str]) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    for list in lists {
        for (name, number) in list.split('|').zip(1..) {
            // The full stop of a shortened name may be missing.
            for name in [name, name.trim_end_matches('.')] {
                if let Some(length) = length_of(name, text)
                    && best.is_none_or(|(_, longest)| length > longest)
                {
                    best = Some((number, length));
                }
            }
        }
    }
    best
}

/// The length that a name takes at the start of a text, in bytes; case does not count.
pub(super) fn length_of(name: &str, text: &str) -> Option<usize> {
    let mut rest = text.chars();
    for expected in name.chars() {
        let found = rest.next()?;
        let same = found == expected
            || found.to_lowercase().eq(expected.to_lowercase())
            || (expected == ' ' && matches!(found, '\u{a0}' | '\u{202f}'));
        if !same {
            return None;
        }
    }
    Some(text.len().saturating_sub(rest.as_str().len()))
}

static ENGLISH: Locale = Locale {
    tag: "en",
    months: &[
        "January|February|March|April|May|June|July|August|September|October|November|December",
        "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec",
    ],
    days: &["Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday", "Mon|Tue|Wed|Thu|Fri|Sat|Sun"],
    halves: "AM|PM",
};

static LOCALES: [Locale; 18] = [
    Locale {
        tag: "de",
        months: &[
            "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
            "Jan.|Feb.|März|Apr.|Mai|Juni|Juli|Aug.|Sept.|Okt.|Nov.|Dez.",
            "Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez",
            "Jan|Feb|Mrz|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez",
        ],
        days: &[
            "Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag",
            "Mo.|Di.|Mi.|Do.|Fr.|Sa.|So.",
            "Mo|Di|Mi|Do|Fr|Sa|So",
        ],
        halves: "AM|PM",
    },
    Locale {
        tag: "fr",
        months: &[
            "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
            "janv.|févr.|mars|avr.|mai|juin|juil.|août|sept.|oct.|nov.|déc.",
        ],
        days: &["lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche", "lun.|mar.|mer.|jeu.|ven.|sam.|dim."],
        halves: "AM|PM",
    },
    Locale {
        tag: "es",
        months: &[
            "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
            "ene|feb|mar|abr|may|jun|jul|ago|sept|oct|nov|dic",
        ],
        days: &["lunes|martes|miércoles|jueves|viernes|sábado|domingo", "lun|mar|mié|jue|vie|sáb|dom"],
        halves: "a. m.|p. m.",
    },
    Locale {
        tag: "it",
        months: &[
            "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre",
            "gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic",
        ],
        days: &["lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica", "lun|mar|mer|gio|ven|sab|dom"],
        halves: "AM|PM",
    },
    Locale {
        tag: "pt",
        months: &[
            "janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro",
            "jan.|fev.|mar.|abr.|mai.|jun.|jul.|ago.|set.|out.|nov.|dez.",
        ],
        days: &[
            "segunda-feira|terça-feira|quarta-feira|quinta-feira|sexta-feira|sábado|domingo",
            "seg.|ter.|qua.|qui.|sex.|sáb.|dom.",
        ],
        halves: "AM|PM",
    },
    Locale {
        tag: "nl",
        months: &[
            "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
            "jan.|feb.|mrt.|apr.|mei|jun.|jul.|aug.|sep.|okt.|nov.|dec.",
        ],
        days: &["maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag", "ma|di|wo|do|vr|za|zo"],
        halves: "a.m.|p.m.",
    },
    Locale {
        tag: "pl",
        months: &[
            "stycznia|lutego|marca|kwietnia|maja|czerwca|lipca|sierpnia|września|października|listopada|grudnia",
            "styczeń|luty|marzec|kwiecień|maj|czerwiec|lipiec|sierpień|wrzesień|październik|listopad|grudzień",
            "sty|lut|mar|kwi|maj|cze|lip|sie|wrz|paź|lis|gru",
        ],
        days: &["poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela", "pon.|wt.|śr.|czw.|pt.|sob.|niedz."],
        halves: "AM|PM",
    },
    Locale {
        tag: "ru",
        months: &[
            "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
            "январь|февраль|март|апрель|май|июнь|июль|август|сентябрь|октябрь|ноябрь|декабрь",
            "янв.|февр.|мар.|апр.|мая|июн.|июл.|авг.|сент.|окт.|нояб.|дек.",
            "янв.|февр.|март|апр.|май|июнь|июль|авг.|сент.|окт.|нояб.|дек.",
        ],
        days: &["понедельник|вторник|среда|четверг|пятница|суббота|воскресенье", "пн|вт|ср|чт|пт|сб|вс"],
        halves: "AM|PM",
    },
    Locale {
        tag: "uk",
        months: &[
            "січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня",
            "січень|лютий|березень|квітень|травень|червень|липень|серпень|вересень|жовтень|листопад|грудень",
            "січ.|лют.|бер.|квіт.|трав.|черв.|лип.|серп.|вер.|жовт.|лист.|груд.",
            "січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру",
        ],
        days: &["понеділок|вівторок|середа|четвер|пʼятниця|субота|неділя", "пн|вт|ср|чт|пт|сб|нд"],
        halves: "дп|пп",
    },
    Locale {
        tag: "cs",
        months: &[
            "ledna|února|března|dubna|května|června|července|srpna|září|října|listopadu|prosince",
            "leden|únor|březen|duben|květen|červen|červenec|srpen|září|říjen|listopad|prosinec",
            "led|úno|bře|dub|kvě|čvn|čvc|srp|zář|říj|lis|pro",
        ],
        days: &["pondělí|úterý|středa|čtvrtek|pátek|sobota|neděle", "po|út|st|čt|pá|so|ne"],
        halves: "dop.|odp.",
    },
    Locale {
        tag: "sv",
        months: &[
            "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december",
            "jan.|feb.|mars|apr.|maj|juni|juli|aug.|sep.|okt.|nov.|dec.",
        ],
        days: &["måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag", "mån|tis|ons|tors|fre|lör|sön"],
        halves: "fm|em",
    },
    Locale {
        tag: "da",
        months: &[
            "januar|februar|marts|april|maj|juni|juli|august|september|oktober|november|december",
            "jan.|feb.|mar.|apr.|maj|jun.|jul.|aug.|sep.|okt.|nov.|dec.",
        ],
        days: &[
            "mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag",
            "man.|tir.|ons.|tor.|fre.|lør.|søn.",
            "man|tir|ons|tor|fre|lør|søn",
        ],
        halves: "AM|PM",
    },
    Locale {
        tag: "nb",
        months: &[
            "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember",
            "jan.|feb.|mar.|apr.|mai|jun.|jul.|aug.|sep.|okt.|nov.|des.",
            "jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des",
        ],
        days: &["mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag", "man.|tir.|ons.|tor.|fre.|lør.|søn."],
        halves: "a.m.|p.m.",
    },
    Locale {
        tag: "fi",
        months: &[
            "tammikuuta|helmikuuta|maaliskuuta|huhtikuuta|toukokuuta|kesäkuuta|heinäkuuta|elokuuta|syyskuuta|lokakuuta|marraskuuta|joulukuuta",
            "tammikuu|helmikuu|maaliskuu|huhtikuu|toukokuu|kesäkuu|heinäkuu|elokuu|syyskuu|lokakuu|marraskuu|joulukuu",
            "tammik.|helmik.|maalisk.|huhtik.|toukok.|kesäk.|heinäk.|elok.|syysk.|lokak.|marrask.|jouluk.",
            "tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu",
        ],
        days: &[
            "maanantaina|tiistaina|keskiviikkona|torstaina|perjantaina|lauantaina|sunnuntaina",
            "maanantai|tiistai|keskiviikko|torstai|perjantai|lauantai|sunnuntai",
            "ma|ti|ke|to|pe|la|su",
        ],
        halves: "ap.|ip.",
    },
    Locale {
        tag: "ro",
        months: &[
            "ianuarie|februarie|martie|aprilie|mai|iunie|iulie|august|septembrie|octombrie|noiembrie|decembrie",
            "ian.|feb.|mar.|apr.|mai|iun.|iul.|aug.|sept.|oct.|nov.|dec.",
        ],
        days: &["luni|marți|miercuri|joi|vineri|sâmbătă|duminică", "lun.|mar.|mie.|joi|vin.|sâm.|dum."],
        halves: "a.m.|p.m.",
    },
    Locale {
        tag: "hu",
        months: &[
            "január|február|március|április|május|június|július|augusztus|szeptember|október|november|december",
            "jan.|febr.|márc.|ápr.|máj.|jún.|júl.|aug.|szept.|okt.|nov.|dec.",
        ],
        days: &["hétfő|kedd|szerda|csütörtök|péntek|szombat|vasárnap", "H|K|Sze|Cs|P|Szo|V"],
        halves: "de.|du.",
    },
    Locale {
        tag: "tr",
        months: &[
            "Ocak|Şubat|Mart|Nisan|Mayıs|Haziran|Temmuz|Ağustos|Eylül|Ekim|Kasım|Aralık",
            "Oca|Şub|Mar|Nis|May|Haz|Tem|Ağu|Eyl|Eki|Kas|Ara",
        ],
        days: &["Pazartesi|Salı|Çarşamba|Perşembe|Cuma|Cumartesi|Pazar", "Pzt|Sal|Çar|Per|Cum|Cmt|Paz"],
        halves: "ÖÖ|ÖS",
    },
    Locale {
        tag: "bg",
        months: &[
            "януари|февруари|март|април|май|юни|юли|август|септември|октомври|ноември|декември",
            "яну|фев|март|апр|май|юни|юли|авг|сеп|окт|ное|дек",
        ],
        days: &["понеделник|вторник|сряда|четвъртък|петък|събота|неделя", "пн|вт|ср|чт|пт|сб|нд"],
        halves: "пр.об.|сл.об.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_complete() {
        for locale in LOCALES.iter().chain([&ENGLISH]) {
            let count = |list: &str| list.split('|').filter(|name| !name.is_empty()).count();
            assert!(locale.months.iter().all(|list| count(list) == 12), "{}", locale.tag);
            assert!(locale.days.iter().all(|list| count(list) == 7), "{}", locale.tag);
            assert_eq!(count(locale.halves), 2, "{}", locale.tag);
        }
    }

    type Read = fn(Names, &str) -> Option<(usize, usize)>;

    #[test]
    fn every_name_is_read_as_what_it_is() {
        for locale in LOCALES.iter().chain([&ENGLISH]) {
            let (tag, names) = (locale.tag, Names::of(locale.tag));
            let kinds: [(&[&str], Read); 2] = [(locale.months, Names::month), (locale.days, Names::day)];
            for (lists, read) in kinds {
                for (name, number) in lists.iter().flat_map(|list| list.split('|').zip(1..)) {
                    assert_eq!(read(names, name), Some((number, name.len())), "{tag} {name}");
                    // The dotless i of Turkish has no other letter in its place.
                    let upper = read(names, &name.to_uppercase()).map(|found| found.0);
                    assert!(upper == Some(number) || tag == "tr", "{tag} {name}");
                }
            }
        }
    }

    #[test]
    fn tags() {
        for (tag, text) in [
            ("ru-RU", "мая"),
            ("de", "Mai"),
            ("pt_BR", "maio"),
            ("NL", "mei"),
            ("no", "mai"),
            ("xx", "May"),
            ("", "May"),
        ] {
            assert_eq!(Names::of(tag).month(text).map(|(month, _)| month), Some(5), "{tag}");
        }
        assert_eq!(Names::of("de").month("sept 3"), Some((9, 4)));
        assert_eq!(Names::of("es").half("p.\u{a0}m."), Some((2, 6)));
        assert_eq!(Names::of("en").day("Dienstag"), None);
    }
}
