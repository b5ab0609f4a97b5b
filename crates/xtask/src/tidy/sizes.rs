//! Length of files and functions (STYLE 8 and 9).

use super::Source;

/// Lines of a file.
const FILE_LINES_MAX: usize = 800;
/// Lines of a function, tests excepted.
const FUNCTION_LINES_MAX: usize = 70;

pub(super) fn check(sources: &[Source], findings: &mut Vec<String>) {
    for source in sources {
        let lines: Vec<&str> = source.text.lines().collect();
        if lines.len() > FILE_LINES_MAX {
            findings.push(format!("{}: {} lines, at most {FILE_LINES_MAX}", source.path.display(), lines.len()));
        }
        if !source.is_test() {
            check_functions(source, &lines, findings);
        }
    }
}

fn check_functions(source: &Source, lines: &[&str], findings: &mut Vec<String>) {
    let mut start: Option<(usize, &str)> = None;
    for (number, line) in lines.iter().enumerate() {
        let indent = line.get(..line.len() - line.trim_start().len()).unwrap_or("");
        match start {
            None if is_function(line.trim_start()) => start = Some((number, indent)),
            Some((from, outer)) if *line == format!("{outer}}}") => {
                let length = number - from + 1;
                if length > FUNCTION_LINES_MAX {
                    let at = format!("{}:{}", source.path.display(), from + 1);
                    findings.push(format!("{at}: a function of {length} lines, at most {FUNCTION_LINES_MAX}"));
                }
                start = None;
            }
            // A function on one line, or a signature of a trait.
            Some((from, _)) if from == number - 1 && (lines[from].ends_with('}') || lines[from].ends_with(';')) => {
                start = is_function(line.trim_start()).then_some((number, indent));
            }
            _ => {}
        }
    }
}

fn is_function(line: &str) -> bool {
    let mut words = line.split_whitespace().skip_while(|word| {
        matches!(*word, "pub" | "const" | "async" | "pub(crate)" | "pub(super)") || word.starts_with("pub(")
    });
    words.next() == Some("fn")
}
