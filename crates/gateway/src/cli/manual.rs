//! Shell completions and man pages, made from the command line's own definition.

use std::path::Path;

use clap::CommandFactory;

use super::Cli;
use super::output::{note, print};
use crate::control::protocol::{Fault, exit};

/// Begins what a command says of its exit codes, behind all else below its options.
const EXIT_CODES: &str = "Exit codes: ";
/// What a command ends with that does not say itself.
const USUAL_EXIT_CODES: &str = "0 done; 1 done and the answer is no (bad mail, records that differ, a failed check); 2 wrong command line or \
configuration; 3 no such mail; 4 not possible now.";

/// What every page ends with. Roff: a dot at the start of a line is a request.
const LAST_SECTIONS: &str = r#".SH FILES
.TP
\fI./postern.toml\fR, \fI/etc/postern/postern.toml\fR
The configuration; the first that exists is read. Without one the embedded defaults are in force.
.TP
\fIsettings/domains.toml\fR, \fIsettings/policy/*.toml\fR
Domains, next hops and policies, beside the configuration or where its \fBsettings\fR says.
.TP
\fI./postern\-data\fR
Queue, quarantine and journal, or where \fBdata\fR says. One process owns it; the socket \fIcontrol.sock\fR in it takes commands.
.SH ENVIRONMENT
.TP
\fBPOSTERN_CONFIG\fR
Configuration file, as \fB\-\-config\fR.
.TP
\fBPOSTERN_DATA\fR
Data folder, as \fB\-\-data\fR.
.TP
\fBNO_COLOR\fR
No colours, whatever its value.
.SH "SEE ALSO"
.BR postern (1),
.BR postern\-serve (1),
.BR postern\-config (1),
.BR postern\-trace (1)
"#;

/// Prints completions.
pub(crate) fn completions(shell: clap_complete::Shell) -> u8 {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "postern", &mut script);
    print(&String::from_utf8_lossy(&script));
    exit::OK
}

/// Writes `postern.1`, `postern-queue.1` ... into a folder.
pub(crate) fn pages(folder: &Path) -> Result<u8, Fault> {
    let failed = |error: std::io::Error| {
        Fault::unavailable(format!("{}: {error}", folder.display()), "name a folder that this user may write to")
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    write_pages(program, folder).map_err(failed)?;
    note(&format!("man pages are in {}", folder.display()));
    Ok(exit::OK)
}

fn write_pages(command: clap::Command, folder: &Path) -> std::io::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        write_pages(below.clone(), folder)?;
    }
    // The exit codes have a section of their own here.
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (notes, codes) = after.split_once(EXIT_CODES).unwrap_or((&after, USUAL_EXIT_CODES));
    let (notes, usage) = (notes.trim().to_owned(), usage(&command));
    let command = command.override_usage(usage);
    let command = if notes.is_empty() { command.after_help(None::<&'static str>) } else { command.after_help(notes) };
    let page = clap_mangen::Man::new(command);
    let mut text = Vec::new();
    page.render(&mut text)?;
    // Its own heading for what stands below the options says nothing.
    let mut text = String::from_utf8_lossy(&text).replace(".SH EXTRA\n", ".SH NOTES\n");
    text.push_str(&format!(".SH \"EXIT STATUS\"\n{codes}\n{LAST_SECTIONS}"));
    store::whole::write_whole(&folder.join(page.get_filename()), text.as_bytes())
}

// Options with their values, as a person would type them; those of every command stand below.
fn usage(command: &clap::Command) -> String {
    let mut words = vec![command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned()];
    let shown = |argument: &&clap::Arg| !argument.is_hide_set() && !argument.is_global_set();
    for argument in command.get_arguments().filter(shown) {
        let values = argument.get_value_names().unwrap_or_default();
        let value = values.iter().map(|name| format!("<{name}>")).collect::<Vec<_>>().join(" ");
        let more = if argument.get_num_args().is_some_and(|count| count.max_values() > 1) { "..." } else { "" };
        let word = match argument.get_long() {
            Some(long) if argument.get_action().takes_values() => format!("--{long} {value}"),
            Some(long) => format!("--{long}"),
            None => format!("{value}{more}"),
        };
        let is_help = argument.get_long().is_some_and(|long| long == "help" || long == "version");
        match (is_help, argument.is_required_set()) {
            (true, _) => {}
            (false, true) => words.push(word),
            (false, false) => words.push(format!("[{word}]")),
        }
    }
    if command.has_subcommands() {
        words.push("<COMMAND>".to_owned());
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_what_the_help_says() {
        let folder = tempfile::tempdir().unwrap();
        pages(folder.path()).unwrap();
        let page = |name: &str| {
            let text = std::fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
            text.replace("\\-", "-").replace('\n', " ")
        };
        let open = page("postern-quarantine-open");
        for words in ["Five wrong passwords lock the mail", "[--password-file <FILE>]", "0 opened and delivered"] {
            assert!(open.contains(words), "{words}: {open}");
        }
        assert_eq!(open.matches("0 opened and delivered").count(), 1, "{open}");
        assert!(page("postern-rescan").contains("one SHA-256 or TLSH a line"));
        let top = page("postern");
        assert!(top.contains("<COMMAND>") && top.contains("0 done; 1 done"), "{top}");
    }
}
