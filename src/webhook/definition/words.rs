//! Settings that are one of a few words.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $name { $($(#[$case_doc])* $case,)* }

        impl $name {
            /// All of them, in the order of this list.
            pub const ALL: &'static [Self] = &[$(Self::$case,)*];

            /// The word in configurations, records and messages.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$case => $word,)* }
            }

            /// What a word means, if it is exactly one of them.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.word() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                Self::parse(&word).ok_or_else(|| {
                    let words: Vec<&str> = Self::ALL.iter().map(|one| one.word()).collect();
                    serde::de::Error::custom(format!("expected one of {}, found {word}", words.join(", ")))
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// A method that a webhook can have (WH-73).
    Method {
        /// `GET`
        Get = "GET",
        /// `HEAD`
        Head = "HEAD",
        /// `POST`
        Post = "POST",
        /// `PUT`
        Put = "PUT",
        /// `PATCH`
        Patch = "PATCH",
        /// `DELETE`
        Delete = "DELETE",
        /// `OPTIONS`
        Options = "OPTIONS",
    }
}

words! {
    /// How a caller shows who it is (WH-80).
    Auth {
        /// A token for one webhook and method.
        Token = "token",
        /// A signed JSON Web Token.
        Jwt = "jwt",
        /// A signature of the content.
        Signature = "signature",
        /// Not at all.
        None = "none",
    }
}

words! {
    /// What becomes of content that is not text (WH-7).
    Binary {
        /// It is given to the script as padded base64.
        Base64 = "base64",
    }
}

words! {
    /// How a signature is made (WH-88).
    Scheme {
        /// Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
        Standard = "standard",
        /// `X-Hub-Signature-256`, as GitHub sends it. It carries no time, so a captured request can be sent again.
        Github = "github",
    }
}

impl Default for Auth {
    /// Secure unless told otherwise (WH-80).
    fn default() -> Self {
        Self::Token
    }
}

/// The methods as an `Allow` header lists them: those of the webhook, and OPTIONS, which is always answered (WH-53).
pub fn allow_header(methods: &[Method]) -> String {
    let mut words: Vec<&str> = methods.iter().map(|method| method.word()).collect();
    if !methods.contains(&Method::Options) {
        words.push(Method::Options.word());
    }
    words.join(", ")
}
