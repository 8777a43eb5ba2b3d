//! What goes to this machine goes past the proxies of the environment. Each test runs one of this binary's tests in a child, whose
//! environment names a proxy.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Arc, Mutex};

use chargeback::ChargebackProvider;
use tokio::net::TcpListener;

use super::{KEY, once, received, spade};
use crate::engine::transport::{answer, ok, read_request};

/// Where the child reports to, with spaces between. Who does not have it is no child.
const TARGETS: &str = "CHARGEBACK_TEST_CHILD";

/// A server that answers, and the requests that it got.
async fn serve(reply: String) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let got: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&got);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let request = read_request(&mut stream).await.unwrap_or_default();
            kept.lock().unwrap().push(request);
            answer(stream, &reply).await;
        }
    });
    (address, got)
}

/// What a child says that reports to these targets with this proxy.
async fn child(targets: String, proxy: SocketAddr) -> String {
    let test = format!("{}::child_process_reports", module_path!().split_once("::").unwrap().1);
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test.as_str(), "--exact", "--nocapture"]).env(TARGETS, targets);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env(name, format!("http://{proxy}")).env(name.to_lowercase(), format!("http://{proxy}"));
    }
    for name in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        command.env_remove(name);
    }
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "the child ran one test: {said}");
    said
}

/// Not a test but in a child.
#[tokio::test]
async fn child_process_reports() {
    let Ok(targets) = std::env::var(TARGETS) else { return };
    for target in targets.split(' ') {
        let result = once(spade(Some(target))).build().unwrap().report(&received()).await;
        println!("\nchild: {target} {:?}", result.map(drop).map_err(|error| error.delivery()));
    }
}

#[tokio::test]
async fn loopback_bypasses_the_proxy() {
    let (proxy, proxied) = serve(ok("{}")).await;
    let (vendor, told) = serve(ok("{}")).await;
    let targets = [format!("http://{vendor}"), format!("http://localhost:{}", vendor.port())];
    let said = child(targets.join(" "), proxy).await;
    for target in &targets {
        assert!(said.contains(&format!("child: {target} Ok(())")), "{said}");
    }
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|request| request.contains(&format!("x-api-key: {KEY}\r\n"))), "{told:?}");
    assert!(proxied.lock().unwrap().is_empty());
}

/// Which shows that the environment of the test above names a proxy that would be taken; and that it gets no key even so.
#[cfg(feature = "rustls")]
#[tokio::test]
async fn proxy_for_another_host_receives_no_key() {
    let (proxy, proxied) = serve("HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n".to_owned()).await;
    let said = child("https://192.0.2.1".to_owned(), proxy).await;
    assert!(said.contains("child: https://192.0.2.1 Err(NotSent)"), "{said}");
    let proxied = proxied.lock().unwrap();
    assert_eq!(proxied.len(), 1, "{proxied:?}");
    assert!(proxied[0].starts_with("CONNECT 192.0.2.1:443 HTTP/1.1\r\n"), "{proxied:?}");
    assert!(!proxied[0].contains(KEY), "{proxied:?}");
}
