//! What can be noticed about something inside a message. A reader of a format says one of these words; detectors and policy
//! ask for them. A new one is a line here.

/// Word and meaning.
pub const ALL: &[(&str, &str)] = &[
    ("eicar", "the EICAR test file"),
    ("text_cut", "its text is longer than is kept"),
    ("type_conflict", "declared type or name say another kind than the bytes"),
    ("polyglot", "its bytes are valid as two kinds"),
    ("encrypted", "encrypted, or holds something that is"),
    ("password_found", "opened with a word of the message as password"),
    ("unopened_container", "a container of a kind that is not opened"),
    ("bomb", "more comes out of it than any honest file holds"),
    ("path_name", "a name in it is a path that leaves its folder, or shell words"),
    ("link_entry", "an entry of it is a link or a device"),
    ("archive_trailing", "data stands behind the end of the archive"),
    ("zip_conflict", "directory and local headers of the archive disagree"),
    ("zip_overlap", "entries of the archive share data"),
    ("zip_prefixed", "something stands before the archive"),
    ("dtd", "XML with a document type definition"),
    ("nested_ambiguous", "a message in it can be read in two ways"),
    ("malformed", "it breaks the rules of its format"),
    ("unknown_charset", "its charset has no such name"),
    ("charset_conflict", "its text reads differently in two plausible charsets"),
    ("charset_hides_link", "a link in it is to be seen in one plausible charset only"),
    ("script", "holds a script"),
    ("event_handler", "runs a script on an event"),
    ("form", "holds a form"),
    ("password_field", "asks for a password"),
    ("iframe", "shows another page inside"),
    ("object", "embeds an object of a plug-in"),
    ("refresh", "leads to another page by itself"),
    ("smuggling", "a script that puts a file together in the browser"),
    ("data_url", "leads to a page inside the address itself"),
    ("clipboard_write", "a script that puts something on the clipboard"),
    ("srcdoc", "holds a page inside an attribute"),
    ("auto_run", "a macro that runs by itself"),
    ("macro", "holds a macro"),
    ("macro_code", "a macro that runs programs, fetches or writes files"),
    ("xlm", "holds Excel 4.0 macros"),
    ("dde", "fetches by dynamic data exchange, which can run programs"),
    ("remote_template", "loads its template from elsewhere"),
    ("link_computed", "an address in it is put together by a formula, and not known"),
    ("links_cut", "more links of places that are known than are kept"),
    ("external_link", "fetches something from elsewhere when it is opened"),
    ("embedded_object", "holds an embedded object"),
    ("embedded_file", "holds an embedded file"),
    ("equation", "holds an object of the old equation editor"),
    ("activex", "holds an ActiveX control"),
    ("hidden_sheet", "has a sheet that is not shown"),
    ("formula", "a cell that begins a formula in a text table"),
    ("javascript", "holds JavaScript"),
    ("launch", "starts a program"),
    ("open_action", "does something when it is opened"),
    ("submit_form", "sends what is filled in elsewhere"),
    ("xfa", "holds a form of the XFA kind"),
    ("remote_goto", "opens another file"),
    ("rich_media", "holds media that a plug-in plays"),
    ("command_line", "a shortcut with a command line"),
    ("icon_disguise", "a shortcut that shows the icon of another kind of file"),
    ("unc_path", "leads to a file share, which gives away credentials"),
    ("unc_path_local", "leads to a file share of a machine without a domain"),
    ("autorun_inf", "starts a program when it is inserted"),
    ("qr", "a picture that holds a QR code"),
    ("text_code", "a QR code drawn in characters or cells"),
    ("ocr", "its text was read from a picture"),
    ("picture_unread", "a picture or drawing in it was not searched for codes: its kind, its size, or broken"),
    ("picture_of_text", "a picture that is likely to hold text"),
    ("external_body", "its body lies elsewhere (message/external-body)"),
    ("partial", "a fragment of a message (message/partial)"),
    ("apple_double", "the second fork of a file of a Mac"),
    ("signed_data", "the content of an opaque signature was read"),
];

/// Is it a word of the list?
#[must_use]
pub fn is_known(word: &str) -> bool {
    ALL.iter().any(|(known, _)| *known == word)
}

/// The mark of a link to a share of files on this host: whether anybody outside of the reader's network could be behind it.
#[must_use]
pub fn of_share(host: &str) -> &'static str {
    if host.contains(['.', ':']) { "unc_path" } else { "unc_path_local" }
}
