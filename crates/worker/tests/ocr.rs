//! Text in pictures, by the real program in its sandbox; and what a program there may not do.
#![expect(clippy::unwrap_used, reason = "helpers of a test: a failure there fails the test")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use worker::{FairKey, OcrError, OcrSettings, PictureReader as _, Tesseract};

const TESSERACT: &str = "/usr/bin/tesseract";
/// A machine that has no time for it is no failure of ours.
const LONG: Duration = Duration::from_secs(60);
const WORDS_PNG: &[u8] = include_bytes!("data/words.png");
const WORDS_JPEG: &[u8] = include_bytes!("data/words.jpg");

fn reader(program: impl AsRef<Path>, languages: &str, at_a_time: usize) -> Tesseract {
    Tesseract::new(OcrSettings {
        command: env!("CARGO_BIN_EXE_worker-testchild").into(),
        args: vec!["ocr-worker".to_owned(), "full".to_owned()],
        program: program.as_ref().to_owned(),
        languages: languages.to_owned(),
        at_a_time,
    })
}

/// A program in Python that tries what it is told and says what came of it.
fn trying(folder: &Path, name: &str, deeds: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join(name);
    let text = format!(
        "#!/usr/bin/python3 -IS\nimport os, socket, sys\ndef tried(name, deed):\n    try:\n        deed()\n        print(name, 'done')\n    \
         except OSError as error:\n        print(name, 'refused')\n{deeds}\n"
    );
    #[expect(clippy::disallowed_methods, reason = "a file of a test")]
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("postern-ocr-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    folder
}

#[tokio::test]
async fn words_of_a_picture_are_read() {
    let reader = reader(TESSERACT, "eng", 2);
    reader.probe(LONG).await.expect("tesseract, ./test installs it");
    for picture in [WORDS_PNG, WORDS_JPEG] {
        let text = reader.read(FairKey::default(), Bytes::from_static(picture), LONG).await.unwrap();
        assert_eq!(text.trim(), "Your account is suspended\nVerify your password today");
    }
}

#[tokio::test]
async fn broken_pictures_unknown_languages_and_no_program_are_told_apart() {
    let broken =
        reader(TESSERACT, "eng", 1).read(FairKey::default(), Bytes::from_static(&WORDS_PNG[..200]), LONG).await;
    assert!(matches!(broken, Err(OcrError::Failed) | Ok(_)), "{broken:?}");
    let failed = |language: &str, error| Err((language.to_owned(), error));
    assert_eq!(reader(TESSERACT, "xxx", 1).probe(LONG).await, failed("xxx", OcrError::Failed));
    assert_eq!(reader(TESSERACT, "eng+xxx", 1).probe(LONG).await, failed("xxx", OcrError::Failed));
    assert_eq!(reader("/usr/bin/no-such-program", "eng", 1).probe(LONG).await, failed("eng", OcrError::NoProgram));
    let launcher = OcrSettings {
        command: "/nowhere/postern".into(),
        args: Vec::new(),
        program: TESSERACT.into(),
        languages: "eng".to_owned(),
        at_a_time: 1,
    };
    assert_eq!(Tesseract::new(launcher).probe(LONG).await, failed("eng", OcrError::NoProgram));
}

#[tokio::test]
async fn it_can_read_no_file_write_none_speak_to_nobody_and_start_nothing() {
    let folder = folder();
    let kept = folder.join("kept");
    let deeds = format!(
        "tried('read', lambda: open('/etc/passwd'))\ntried('write', lambda: open({kept:?}, 'w'))\n\
         tried('library', lambda: open('/usr/bin/python3', 'rb'))\n\
         tried('socket', lambda: socket.socket(socket.AF_INET))\ntried('local', lambda: socket.socketpair())\n\
         tried('fork', lambda: os.fork())\ntried('kill', lambda: os.kill(os.getppid(), 0))\n\
         tried('ptrace', lambda: os.open('/proc/self/mem', os.O_RDWR))"
    );
    let said = reader(trying(&folder, "deeds.py", &deeds), "eng", 1)
        .read(FairKey::default(), Bytes::new(), LONG)
        .await
        .unwrap();
    let wanted = "read refused\nwrite refused\nlibrary done\nsocket refused\nlocal refused\nfork refused\nkill refused\nptrace refused";
    assert_eq!(said.trim(), wanted);
    assert!(!kept.exists());
}

#[tokio::test]
async fn what_does_not_end_is_killed_and_frees_its_place() {
    let folder = folder();
    let reader = reader(trying(&folder, "loops.py", "while True: pass"), "eng", 1);
    for _ in 0..3 {
        assert_eq!(
            reader.read(FairKey::default(), Bytes::new(), Duration::from_millis(200)).await,
            Err(OcrError::TimedOut)
        );
    }
    let name = folder.join("loops.py").display().to_string();
    let is_running = || {
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let lines = processes.filter_map(|entry| std::fs::read_to_string(entry.path().join("cmdline")).ok());
        lines.into_iter().filter(|line| line.contains(&name)).count() > 0
    };
    let gone = tokio::time::timeout(LONG, async {
        while is_running() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    assert!(gone.await.is_ok(), "a process that nobody waits for lives on");
}

#[tokio::test]
async fn more_text_than_is_kept_is_cut() {
    let deeds = "sys.stdin.buffer.read()\nprint('x' * 1000000)";
    let said = reader(trying(&folder(), "talks.py", deeds), "eng", 1)
        .read(FairKey::default(), Bytes::from_static(WORDS_PNG), LONG)
        .await;
    // The rest is not read, so the program fails to say it: either way there is an end.
    assert!(said.is_err() || said.is_ok_and(|text| text.len() <= 256 * 1024));
}
