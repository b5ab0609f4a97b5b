//! Damaged and made-up items never stop a scan, with our rules and with rules that use every module; and what was scanned before
//! leaves no trace. A seed, no chance.
#![expect(clippy::unwrap_used, reason = "a test: what is missing here must stop it")]

use std::{fs, path::Path};

use signatures::{Rules, Scanned, Scanner, Source, builtin};

/// Damaged copies that are scanned.
const ROUNDS: usize = 800;
const WITH_MODULES: &str = r#"
    import "pe" import "elf" import "dotnet" import "lnk" import "math" import "hash"
    rule pe { condition: pe.imphash() == "x" or pe.number_of_sections > 3 or pe.is_signed }
    rule elf { condition: elf.number_of_sections > 3 or elf.telfhash() == "x" }
    rule other { condition: dotnet.is_dotnet or lnk.is_lnk or math.entropy(0, filesize) > 7.9 or hash.md5(0, filesize) == "x" }
"#;

struct Chance(u32);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % end.max(1)
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let mut program = fs::read(std::env::current_exe().unwrap()).unwrap();
    program.truncate(4096);
    let mut seeds = vec![program, portable_executable()];
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/cases");
    let mut folders: Vec<_> = fs::read_dir(top).unwrap().map(|folder| folder.unwrap().path()).collect();
    folders.sort();
    for folder in folders {
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        for path in files.iter().filter(|path| path.metadata().unwrap().len() < 4096) {
            let text = fs::read(path).unwrap();
            let digits: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            let is_hex = path.extension().is_some_and(|extension| extension == "hex");
            seeds.push(if is_hex { data_encoding::HEXLOWER.decode(&digits).unwrap() } else { text });
        }
    }
    seeds
}

/// Head of a program for Windows: enough for the module to go on reading.
fn portable_executable() -> Vec<u8> {
    let mut bytes = vec![0; 1024];
    bytes[..2].copy_from_slice(b"MZ");
    bytes[0x3c] = 0x80;
    bytes[0x80..0x84].copy_from_slice(b"PE\0\0");
    bytes[0x84..0x88].copy_from_slice(&[0x4c, 0x01, 0x04, 0x00]);
    bytes[0x94..0x98].copy_from_slice(&[0xe0, 0x00, 0x02, 0x01]);
    bytes[0x98..0x9a].copy_from_slice(&[0x0b, 0x01]);
    bytes[0xf4] = 16;
    bytes
}

fn damage(bytes: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    for _ in 0..=chance.below(6) {
        let at = chance.below(bytes.len());
        match chance.below(5) {
            0 => bytes.truncate(at),
            1 => bytes.extend_from_slice(&other[chance.below(other.len())..]),
            2 => bytes.splice(at..at, [0xff; 4]).for_each(drop),
            _ => {
                let value = [0, 0xff, 0x7f, 0x80, b'"', b'\\'][chance.below(6)];
                bytes.get_mut(at).into_iter().for_each(|byte| *byte = value);
            }
        }
    }
}

#[test]
fn damaged_items_are_scanned_like_any_other() {
    let mut sources = builtin::sources();
    sources.push(Source { name: "m".to_owned(), namespace: "m".to_owned(), text: WITH_MODULES.to_owned() });
    let (rules, _) = Rules::compile(&sources).unwrap();
    let mut scanner = Scanner::new(&rules);
    let seeds = seeds();
    let mut chance = Chance(20_261_126);
    let mut found = 0;
    for _ in 0..ROUNDS {
        let mut bytes = seeds[chance.below(seeds.len())].clone();
        let other = &seeds[chance.below(seeds.len())];
        damage(&mut bytes, other, &mut chance);
        let scanned = scanner.scan(&bytes);
        assert!(scanned.whole, "a module gave up on {bytes:02x?}");
        found += scanned.matches.len();
        assert_eq!(scanner.scan(b""), Scanned { matches: Vec::new(), whole: true });
    }
    assert!(found > ROUNDS / 4, "{found}: the damage leaves nothing to find");
}
