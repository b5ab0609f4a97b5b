//! What a scanner asks of the system after `warm_up`: nothing that the closed sandbox of the worker forbids. No new thread, and no
//! memory page becomes executable, whatever is scanned, with rules that use every module.
#![expect(clippy::unwrap_used, reason = "a test: what is missing here must stop it")]
#![cfg(target_os = "linux")]

use std::{fs, path::Path};

use signatures::{Rules, Scanner, Source, builtin};

const WITH_MODULES: &str = r#"
    import "pe" import "elf" import "dotnet" import "lnk" import "math" import "hash" import "string"
    rule program { condition: pe.imphash() == "x" or pe.number_of_sections > 3 or elf.number_of_sections > 3 }
    rule signed { condition: pe.is_signed or dotnet.is_dotnet or lnk.is_lnk or elf.telfhash() == "x" }
    rule computed { condition: math.entropy(0, filesize) > 7.9 or hash.md5(0, filesize) == "x" or string.length("x") == 2 }
    rule expression { condition: filename matches /a+b/ or for any s in ("x", "y") : (s == filetype) }
"#;

/// Bytes of a program that are scanned.
const PROGRAM_BYTES: usize = 1 << 20;

/// Start of each executable mapping, as `/proc/self/maps` has them.
fn executable() -> Vec<String> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let is_executable = |line: &&str| line.split(' ').nth(1).unwrap().contains('x');
    maps.lines().filter(is_executable).map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

fn samples() -> Vec<Vec<u8>> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/cases");
    // A program of this machine, cut: modules read its head and what they find of the rest.
    let mut program = fs::read(std::env::current_exe().unwrap()).unwrap();
    program.truncate(PROGRAM_BYTES);
    let mut samples = vec![program];
    for folder in fs::read_dir(top).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let text = fs::read(&path).unwrap();
            let digits: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            let is_hex = path.extension().is_some_and(|extension| extension == "hex");
            samples.push(if is_hex { data_encoding::HEXLOWER.decode(&digits).unwrap() } else { text });
        }
    }
    samples
}

#[test]
fn nothing_becomes_executable_and_no_thread_is_made() {
    let mut sources = builtin::sources();
    sources.push(Source { name: "m".to_owned(), namespace: "m".to_owned(), text: WITH_MODULES.to_owned() });
    let (compiled, _) = Rules::compile(&sources).unwrap();
    // As in the worker: from bytes.
    let rules = Rules::from_bytes(&compiled.to_bytes().unwrap()).unwrap();
    let samples = samples();
    assert!(samples.len() > 500, "{}", samples.len());
    let mut scanner = Scanner::new(&rules);
    scanner.warm_up();
    let before = (executable(), threads());
    let mut found = 0;
    for sample in &samples {
        found += scanner.scan_named(sample, "aab.txt", "y").matches.len();
    }
    assert!(found > samples.len(), "{found}");
    assert_eq!((executable(), threads()), before);
}

#[test]
fn the_measure_sees_what_it_looks_for() {
    let before = executable();
    let (rules, _) = Rules::compile(&builtin::sources()).unwrap();
    // Compiled rules are native code: that much must be seen, or the other test proves nothing.
    assert_ne!(executable(), before);
    drop(rules);
}
