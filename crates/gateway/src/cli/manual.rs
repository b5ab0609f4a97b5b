//! Shell completions and man pages, made from the command line's own definition.

use std::path::Path;

use clap::CommandFactory;

use super::Cli;
use super::output::{note, print};
use crate::control::protocol::{Fault, exit};

/// What every page ends with. Roff: a dot at the start of a line is a request.
const LAST_SECTIONS: &str = r#".SH "EXIT STATUS"
0 done; 1 done and the answer is no (bad mail, records that differ, a failed check); 2 wrong command line or configuration;
3 no such mail; 4 not possible now.
.SH FILES
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
    let failed = |error: std::io::Error| Fault::unavailable(format!("{}: {error}", folder.display()), "");
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
    let page = clap_mangen::Man::new(command.after_help(None::<&'static str>));
    let mut text = Vec::new();
    page.render(&mut text)?;
    text.extend_from_slice(LAST_SECTIONS.as_bytes());
    store::whole::write_whole(&folder.join(page.get_filename()), &text)
}
