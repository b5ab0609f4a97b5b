//! `commands.md`: the help of every command. Options that all commands have stand once, at the top.

use anyhow::Result;

use super::head;
use super::program::Program;

/// Options of every command, as their help begins.
const GLOBAL: [&str; 5] = ["-c, --config", "--data", "--json", "-h, --help", "-V, --version"];

pub(super) fn page(program: &Program) -> Result<String> {
    let mut page = head("Commands");
    page.push_str(
        "`postern manual FOLDER` writes the same as man pages, `postern completions SHELL` prints completions.\n",
    );
    let help = program.ask(&["-h"])?;
    page.push_str(&format!("\n```text\n{}\n```\n", help.trim_end()));
    for name in subcommands(&help) {
        describe(program, &mut vec![name], &mut page)?;
    }
    Ok(page)
}

fn describe(program: &Program, path: &mut Vec<String>, page: &mut String) -> Result<()> {
    let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
    arguments.push("-h");
    let help = program.ask(&arguments)?;
    page.push_str(&format!("\n## postern {}\n\n```text\n{}\n```\n", path.join(" "), without_global(&help).trim_end()));
    for name in subcommands(&help) {
        path.push(name);
        describe(program, path, page)?;
        path.pop();
    }
    Ok(())
}

// The names below `Commands:`, two blanks in; `help` describes nothing of ours.
fn subcommands(help: &str) -> Vec<String> {
    let Some((_, list)) = help.split_once("\nCommands:\n") else { return Vec::new() };
    let lines = list.lines().take_while(|line| !line.is_empty());
    let named = lines.filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    named.filter_map(|rest| rest.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

fn without_global(help: &str) -> String {
    let mut kept = Vec::new();
    let mut is_dropped = false;
    for line in help.lines().filter(|line| *line != "Global options:") {
        let text = line.trim_start();
        if text.starts_with('-') {
            is_dropped = GLOBAL.iter().any(|option| text.starts_with(option));
        } else if text.is_empty() {
            is_dropped = false;
        }
        if !is_dropped {
            kept.push(line);
        }
    }
    // An empty list of options at the end says nothing.
    kept.join("\n").trim_end().trim_end_matches("Options:").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELP: &str = "Usage: postern queue [OPTIONS] <COMMAND>\n\nCommands:\n  list  List\n        more\n  help  Print\n\n\
        Options:\n      --state <STATE>  Only this\n  -h, --help   Print help\n\nGlobal options:\n      --data <FOLDER>  Data\n                       \
        folder\n      --json  JSON\n";

    #[test]
    fn options_of_all_commands_stand_once() {
        assert_eq!(subcommands(HELP), ["list"]);
        let kept = without_global(HELP);
        assert!(kept.contains("--state"), "{kept}");
        assert!(
            !kept.contains("--data")
                && !kept.contains("folder")
                && !kept.contains("--help")
                && !kept.contains("Global"),
            "{kept}"
        );
        assert!(!without_global("Options:\n  -h, --help  Print help\n").contains("Options"));
    }
}
