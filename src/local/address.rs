//! Which servers may be reached: by name, and by the address behind it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A server that is allowed: a name, `*.` and a name for all below it, or `*` for all; with a port or any.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Rule {
    host: String,
    port: Option<u16>,
}

impl Rule {
    /// Reads `host`, `host:port`, `[v6]:port`.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim();
        let lone_v6 = text.parse::<Ipv6Addr>().is_ok();
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !lone_v6 && !port.ends_with(']') => match port.parse() {
                Ok(port) => (host, Some(port)),
                // A name with a colon in it matches no host.
                Err(_) => (text, None),
            },
            _ => (text, None),
        };
        Self { host: bare(host), port }
    }

    pub(super) fn allows(&self, host: &str, port: u16) -> bool {
        let host = bare(host);
        let named = match self.host.strip_prefix("*.") {
            Some(parent) => host.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.') && rest.len() > 1),
            None => self.host == "*" || self.host == host,
        };
        named && self.port.is_none_or(|allowed| allowed == port)
    }

    /// Whether it names an address itself, which is then wanted even if it is private.
    pub(super) fn names_address(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok()
    }
}

/// A host as it is compared: without brackets and final dot, in lower case.
fn bare(host: &str) -> String {
    host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase()
}

/// Whether an address belongs to the public network.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        // This network, shared by providers, protocol assignments, benchmarks, reserved.
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240;
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let inner = |high: u16, low: u16| {
        let ([w, x], [y, z]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(w, x, y, z))
    };
    // Addresses that stand for others of version 4: mapped, translated, tunnelled.
    if let [0, 0, 0, 0, 0, 0xffff | 0] | [0x64, 0xff9b, 0, 0, 0, 0] = [a, b, c, d, e, f] {
        return inner(g, h);
    }
    if a == 0x2002 {
        return inner(b, c);
    }
    // Global unicast without documentation, protocol assignments and the second translation prefix.
    a & 0xe000 == 0x2000 && !(a == 0x2001 && (b == 0xdb8 || b < 0x200)) && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        for (rule, host, port, allowed) in [
            ("api.example.com", "API.example.com.", 443, true),
            ("api.example.com", "example.com", 443, false),
            ("api.example.com", "xapi.example.com", 443, false),
            ("*.example.com", "a.b.example.com", 443, true),
            ("*.example.com", "example.com", 443, false),
            ("*.example.com", "badexample.com", 443, false),
            ("*", "anything.org", 80, true),
            ("127.0.0.1:8080", "127.0.0.1", 8080, true),
            ("127.0.0.1:8080", "127.0.0.1", 80, false),
            ("::1", "[::1]", 80, true),
            ("[::1]:81", "[::1]", 81, true),
            ("[::1]:81", "[::1]", 80, false),
        ] {
            assert_eq!(Rule::parse(rule).allows(host, port), allowed, "{rule} {host}:{port}");
        }
        assert!(Rule::parse("localhost:80").names_address());
        assert!(Rule::parse("[::1]").names_address());
        assert!(!Rule::parse("example.com").names_address());
        assert!(!Rule::parse("*").names_address());
    }

    #[test]
    fn addresses() {
        for address in ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "fec0::1",
            "2001::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }
}
