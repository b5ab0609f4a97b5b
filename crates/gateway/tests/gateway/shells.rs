//! Completions that shells take, and man pages that `man` shows.

use testkit::{files, program};

use crate::POSTERN;

/// A shell, a script that only parses `$FILE`, one that completes `postern qua`.
const SHELLS: [(&str, &[&str], &str, &str); 3] = [
    (
        "bash",
        &["--noprofile", "--norc", "-c"],
        "bash -n \"$FILE\"",
        "source \"$FILE\"; set -- $(complete -p postern); while [ \"$1\" != -F ]; do shift; done; \
         COMP_WORDS=(postern qua); COMP_CWORD=1; \"$2\" postern qua postern; echo \"${COMPREPLY[@]}\"",
    ),
    (
        "zsh",
        &["-f", "-c"],
        "zsh -n \"$FILE\"",
        "autoload -Uz compinit; compinit -u -D; source \"$FILE\"; \
         echo ${_comps[postern]} ${(k)functions[_postern]} $(_describe() { print -r -- ${(P)4}; }; _postern_commands)",
    ),
    (
        "fish",
        &["--no-config", "-c"],
        "fish --no-execute \"$FILE\"",
        "source \"$FILE\"; complete --do-complete 'postern qua'",
    ),
];

async fn is_installed(program: &str) -> bool {
    program::run("sh", &["-c", &format!("command -v {program}")], b"").await.status.success()
}

#[tokio::test]
async fn shells_take_their_completions() {
    let folder = tempfile::tempdir().unwrap();
    for (shell, flags, parse, complete) in SHELLS {
        let script = program::text(POSTERN, &["completions", shell], b"").await;
        let file = folder.path().join(format!("completions.{shell}"));
        files::write(&file, &script);
        if !is_installed(shell).await {
            println!("{shell} is not installed: not tested");
            continue;
        }
        let home = folder.path().display().to_string();
        let with_file = |text: &str| format!("FILE={:?}; {text}", file.display().to_string());
        let with_file_fish = |text: &str| format!("set FILE {:?}; {text}", file.display().to_string());
        for (what, text) in [("parse", parse), ("complete", complete)] {
            let text = if shell == "fish" { with_file_fish(text) } else { with_file(text) };
            let mut arguments = vec!["-i", "PATH=/usr/local/bin:/usr/bin:/bin"];
            let home = format!("HOME={home}");
            arguments.extend([&home, shell]);
            arguments.extend_from_slice(flags);
            arguments.push(&text);
            let output = program::run("env", &arguments, b"").await;
            let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            assert!(output.status.success() && err.is_empty(), "{shell}, {what}: {}\n{out}\n{err}", output.status);
            assert!(what == "parse" || out.contains("quarantine"), "{shell} completes nothing: {out}");
        }
    }
}

#[tokio::test]
async fn man_shows_every_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    program::text(POSTERN, &["manual", &pages.display().to_string()], b"").await;
    let mut files: Vec<_> = std::fs::read_dir(&pages).unwrap().flatten().map(|entry| entry.path()).collect();
    files.sort();
    let names: Vec<String> =
        files.iter().map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect();
    for name in ["postern.1", "postern-serve.1", "postern-scan.1", "postern-quarantine-release.1", "postern-replay.1"] {
        assert!(names.iter().any(|page| page == name), "no {name}: {names:?}");
    }
    assert!(!names.iter().any(|name| name.contains("unpack-worker")), "hidden commands have no page: {names:?}");
    if !is_installed("man").await {
        println!("man is not installed: not tested");
        return;
    }
    for file in &files {
        let file = file.display().to_string();
        let rendered =
            program::run("env", &["LC_ALL=C.UTF-8", "MANWIDTH=80", "man", "--warnings", "-l", &file], b"").await;
        let (out, err) = (String::from_utf8_lossy(&rendered.stdout), String::from_utf8_lossy(&rendered.stderr));
        assert!(rendered.status.success() && err.is_empty(), "{file}: {}\n{err}", rendered.status);
        for heading in ["NAME", "SYNOPSIS", "OPTIONS"] {
            assert!(out.lines().any(|line| line.trim() == heading), "{file} without {heading}:\n{out}");
        }
    }
}
