//! Requests to loopback bypass the proxies of the environment. Each test runs one test of this binary in a child
//! process with a proxy in its environment.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chargeback::ChargebackProvider;
use tokio::net::TcpListener;

use super::{KEY, once, received, spade};
use crate::support::loopback_server::{http_ok, read_request, send_reply};
use crate::support::sockets::{SocketTransport, on_each_transport};

on_each_transport!(
    child_process_reports,
    loopback_bypasses_the_proxy;
    tls: proxy_for_another_host_receives_no_key,
);

/// The target addresses of the child, separated by spaces. The variable is set only in the child.
const TARGETS: &str = "CHARGEBACK_TEST_CHILD";

/// Starts a server with a fixed reply and returns the requests that it receives.
async fn serve(reply: String) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let requests: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let request = read_request(&mut stream).await.unwrap_or_default();
            kept.lock().unwrap().push(request);
            send_reply(stream, &reply).await;
        }
    });
    (address, requests)
}

/// Runs a child that reports to these targets through this proxy, and returns its output.
async fn child<T: SocketTransport>(targets: String, proxy: SocketAddr) -> String {
    let module = module_path!().split_once("::").unwrap().1;
    let test = format!("{module}::{}::child_process_reports", T::NAME);
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test.as_str(), "--exact", "--nocapture"]).env(TARGETS, targets);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env(name, format!("http://{proxy}")).env(name.to_lowercase(), format!("http://{proxy}"));
    }
    for name in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        command.env_remove(name);
    }
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let output_text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{output_text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(output_text.contains("1 passed"), "the child ran one test: {output_text}");
    output_text
}

/// Does nothing unless it runs in a child process.
async fn child_process_reports<T: SocketTransport>() {
    let Ok(targets) = std::env::var(TARGETS) else { return };
    for target in targets.split(' ') {
        let transport = T::with_connect(Duration::from_secs(5));
        let result = once(spade(Some(target))).transport(transport).build().unwrap().report(&received()).await;
        println!("\nchild: {target} {:?}", result.map(drop).map_err(|error| error.delivery()));
    }
}

async fn loopback_bypasses_the_proxy<T: SocketTransport>() {
    let (proxy, proxied) = serve(http_ok("{}")).await;
    let (vendor, received_by_vendor) = serve(http_ok("{}")).await;
    let targets = [format!("http://{vendor}"), format!("http://localhost:{}", vendor.port())];
    let output_text = child::<T>(targets.join(" "), proxy).await;
    for target in &targets {
        assert!(output_text.contains(&format!("child: {target} Ok(())")), "{output_text}");
    }
    let requests = received_by_vendor.lock().unwrap();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| request.contains(&format!("x-api-key: {KEY}\r\n"))), "{requests:?}");
    assert!(proxied.lock().unwrap().is_empty());
}

/// Proves that the proxy of the test above is in effect, and that it receives no key.
async fn proxy_for_another_host_receives_no_key<T: SocketTransport>() {
    let (proxy, proxied) = serve("HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n".to_owned()).await;
    let output_text = child::<T>("https://192.0.2.1".to_owned(), proxy).await;
    assert!(output_text.contains("child: https://192.0.2.1 Err(NotSent)"), "{output_text}");
    let proxied = proxied.lock().unwrap();
    assert_eq!(proxied.len(), 1, "{proxied:?}");
    assert!(proxied[0].starts_with("CONNECT 192.0.2.1:443 HTTP/1.1\r\n"), "{proxied:?}");
    assert!(!proxied[0].contains(KEY), "{proxied:?}");
}
