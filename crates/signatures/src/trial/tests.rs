use super::*;
use crate::rules::Rules;

#[test]
fn a_text_that_takes_too_long_is_named() {
    // No loop of it is long by itself, and the compiler finds nothing to say.
    let steps = "for any j in (1..#b) : (for any k in (1..#b) : (@b[j] + @b[k] == 7))";
    let slow = format!("rule slow {{ strings: $b = \"e\" condition: for any i in (1..#b) : ({steps}) }}");
    let text =
        |name: &str, text: &str| Source { name: name.to_owned(), namespace: name.to_owned(), text: text.to_owned() };
    let short = Duration::from_millis(150);
    let good = text("good.yar", "rule good { strings: $a = \"xyzzyqux\" condition: $a }");
    let mut faults = Vec::new();
    let compiled = |sources: &[Source]| {
        let mut compiler = compiler().unwrap();
        for source in sources {
            compiler.new_namespace(&source.namespace);
            compiler.add_source(source.text.as_str()).unwrap();
        }
        compiler.build()
    };
    slow_texts(&compiled(std::slice::from_ref(&good)), std::slice::from_ref(&good), short * 10, &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    let both = [text("slow.yar", &slow), good];
    slow_texts(&compiled(&both), &both, short, &mut faults);
    let named: Vec<(&str, Level)> = faults.iter().map(|fault| (fault.source.as_str(), fault.level)).collect();
    assert_eq!(named, [("slow.yar", Level::Tried)]);
    // A set with it is not taken silently, whichever way it is found.
    let (_, faults) = Rules::compile_within(&both, short).unwrap();
    assert!(faults.iter().any(|fault| fault.level > Level::Note), "{faults:?}");
    assert!(Level::Tried < Level::Slow);
}
