//! Where a request comes from. Only a proxy that the operator named is believed when it says that
//! somebody else sent it; everybody else's word for it is not even read.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// The address of whoever sent a request that came from `peer`.
#[must_use]
pub(super) fn address(peer: SocketAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> SocketAddr {
    if !is_proxy(peer.ip(), proxies) {
        return peer;
    }
    let mut named = Vec::new();
    for line in headers.get_all("x-forwarded-for") {
        named.extend(line.to_str().unwrap_or("").split(',').map(str::trim));
    }
    for one in named.into_iter().rev() {
        match one.parse::<IpAddr>() {
            // A proxy behind a proxy: the one before it is meant.
            Ok(address) if is_proxy(address, proxies) => {}
            Ok(address) => return SocketAddr::new(address, 0),
            Err(_no_address) => break,
        }
    }
    peer
}

/// Whether an operator named it; a version 4 address may be written as one of version 6.
fn is_proxy(address: IpAddr, proxies: &[IpAddr]) -> bool {
    proxies.iter().any(|proxy| proxy.to_canonical() == address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(peer: &str, lines: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let proxies: Vec<IpAddr> = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
        address(peer.parse().unwrap(), &headers, &proxies).ip().to_string()
    }

    #[test]
    fn only_a_named_proxy_is_believed_and_only_what_it_wrote_itself() {
        let spoofed = ["203.0.113.9, 198.51.100.7"];
        assert_eq!(sent("127.0.0.1:9", &spoofed, &[]), "127.0.0.1", "nobody is named");
        assert_eq!(sent("192.0.2.1:9", &spoofed, &["127.0.0.1"]), "192.0.2.1");
        assert_eq!(sent("127.0.0.1:9", &spoofed, &["127.0.0.1"]), "198.51.100.7");
        assert_eq!(sent("[::ffff:127.0.0.1]:9", &spoofed, &["127.0.0.1"]), "198.51.100.7");
        let two = ["203.0.113.9", "198.51.100.7, 10.0.0.2"];
        assert_eq!(sent("10.0.0.1:9", &two, &["10.0.0.1", "10.0.0.2"]), "198.51.100.7");
        assert_eq!(sent("127.0.0.1:9", &["nonsense"], &["127.0.0.1"]), "127.0.0.1");
        assert_eq!(sent("127.0.0.1:9", &["1.2.3.4, nonsense"], &["127.0.0.1"]), "127.0.0.1");
        assert_eq!(sent("127.0.0.1:9", &[], &["127.0.0.1"]), "127.0.0.1");
    }
}
