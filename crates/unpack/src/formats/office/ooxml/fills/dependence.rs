//! What the answer of a condition's formula hangs on: the cell's own value, its row, its column, or something that cannot be told.
//! Nothing is reckoned here.

use super::place;
use super::values::At;

/// Functions that tell a code's modules from numbers of rows and columns no better than comparisons do.
const PLAIN: [&str; 27] = [
    "AND", "OR", "NOT", "XOR", "IF", "MOD", "ROW", "COLUMN", "TODAY", "NOW", "WEEKDAY", "WEEKNUM", "DAY", "MONTH",
    "YEAR", "DATE", "EDATE", "EOMONTH", "ISEVEN", "ISODD", "ISBLANK", "ISNUMBER", "ISTEXT", "ISERROR", "LEN", "TRIM",
    "ABS",
];
/// Functions whose answer hangs on the cell, whatever they are asked of.
const ANYWHERE: [&str; 7] = ["CELL", "INDIRECT", "OFFSET", "RAND", "RANDBETWEEN", "RANDARRAY", "EVALUATE"];

/// What it is the same for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// All cells of a column, of a row, or both.
    Uniform { by_row: bool, by_column: bool },
    /// Rows are compared with columns, by so many references to either.
    Ruled(usize),
    /// It asks for cells that stand so to its own.
    Own(Vec<At>),
    /// Nothing that can be told.
    Unknown,
}

#[derive(Debug, Default)]
struct Seen {
    by_row: bool,
    by_column: bool,
    own: Vec<At>,
    /// References to rows and columns.
    ruled: usize,
    /// Something else is reckoned than comparisons.
    is_odd: bool,
    /// A list is asked for one of its cells.
    is_chosen: bool,
    is_unknown: bool,
}

impl Form {
    pub(super) fn of(formula: &str) -> Self {
        let formula = formula.trim_start_matches('=').to_ascii_uppercase();
        let mut seen = Seen::default();
        let mut rest = formula.as_str();
        while let Some(first) = rest.chars().next() {
            rest = seen.next(rest, first);
        }
        let is_both = seen.by_row && seen.by_column;
        let is_far = seen.is_chosen && !seen.own.is_empty();
        if seen.is_unknown || is_far || (seen.is_odd && is_both) {
            Self::Unknown
        } else if !seen.own.is_empty() {
            Self::Own(seen.own)
        } else if is_both {
            Self::Ruled(seen.ruled)
        } else {
            Self::Uniform { by_row: seen.by_row, by_column: seen.by_column }
        }
    }
}

impl Seen {
    /// Takes a piece; what follows it.
    fn next<'f>(&mut self, rest: &'f str, first: char) -> &'f str {
        let behind = |length: usize| rest.get(length..).unwrap_or_default();
        match first {
            '"' => return behind(1).split_once('"').map_or("", |(_, rest)| rest),
            '\'' => return behind(1).split_once('\'').map_or("", |(_, rest)| rest),
            // Bits are taken out by powers, products, shares and lists; names of sheets lead elsewhere.
            '^' | '/' | '*' | '&' | '!' | '{' | ':' => self.is_odd = true,
            '[' | '@' | '#' => self.is_unknown = true,
            c if c == '$' || c == '_' || c == '\\' || c.is_alphanumeric() => {
                let is_of = |c: char| c.is_alphanumeric() || matches!(c, '$' | '_' | '.' | '\\' | '?');
                let length = rest.find(|c| !is_of(c)).unwrap_or(rest.len());
                let after = behind(length);
                self.word(rest.get(..length).unwrap_or_default(), after);
                return after;
            }
            _ => {}
        }
        behind(first.len_utf8())
    }

    fn word(&mut self, word: &str, after: &str) {
        let after = after.trim_start();
        if after.starts_with('(') {
            let name = word.rsplit('.').next().unwrap_or(word);
            self.by_row |= name == "ROW";
            self.by_column |= name == "COLUMN";
            self.ruled = self.ruled.saturating_add(usize::from(matches!(name, "ROW" | "COLUMN")));
            self.is_odd |= !PLAIN.contains(&name);
            self.is_chosen |= name == "INDEX";
            self.is_unknown |= ANYWHERE.contains(&name);
        } else if let Some(at) = place(word) {
            let is_fixed = (word.starts_with('$'), word.get(1..).is_some_and(|rest| rest.contains('$')));
            match is_fixed {
                (false, false) => self.own.push(at),
                (true, false) => self.by_row = true,
                (false, true) => self.by_column = true,
                (true, true) => {}
            }
            self.ruled = self.ruled.saturating_add(usize::from(is_fixed.0 != is_fixed.1));
        } else if after.starts_with('!') {
            // A sheet, told by the mark that follows.
        } else {
            let is_column =
                word.strip_prefix('$').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_uppercase()));
            let is_row = word.strip_prefix('$').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
            let is_number = word.parse::<f64>().is_ok() && !after.starts_with(':');
            self.is_unknown |= !(is_column || is_row || is_number || matches!(word, "TRUE" | "FALSE"));
        }
    }
}

/// A comparison of a cell that stands so to its own with a constant: the cell, the operator of 18.18.15, the constant.
pub(super) fn comparison(formula: &str) -> Option<(At, &'static str, &str)> {
    let formula = formula.trim_start_matches('=').trim();
    let own = |text: &str| place(text.trim()).filter(|_| !text.contains('$'));
    let inside = |text: &str, start: &str| -> Option<String> {
        let head = text.get(..start.len()).filter(|head| head.eq_ignore_ascii_case(start))?;
        Some(text.get(head.len()..)?.strip_suffix(')')?.to_owned())
    };
    let (word, negated) = inside(formula, "NOT(").map_or((formula.to_owned(), false), |inner| (inner, true));
    if let Some(at) = inside(&word, "ISBLANK(").and_then(|inner| own(&inner)) {
        return Some((at, if negated { "notEqual" } else { "equal" }, "\"\""));
    }
    let at = formula.find(['=', '<', '>'])?;
    let (left, right) = formula.split_at_checked(at)?;
    let signs = [
        ("<=", "lessThanOrEqual"),
        (">=", "greaterThanOrEqual"),
        ("<>", "notEqual"),
        ("=", "equal"),
        ("<", "lessThan"),
        (">", "greaterThan"),
    ];
    let (right, operator) =
        signs.iter().find_map(|(sign, operator)| Some((right.strip_prefix(sign)?.trim(), *operator)))?;
    let length = inside(left.trim(), "LEN(").map(|inner| inside(&inner, "TRIM(").unwrap_or(inner));
    if let Some(at) = length.and_then(|inner| own(&inner)) {
        return match (operator, right) {
            ("equal", "0") => Some((at, "equal", "\"\"")),
            ("greaterThan" | "notEqual", "0") => Some((at, "notEqual", "\"\"")),
            _ => None,
        };
    }
    let is_constant = right.parse::<f64>().is_ok() || super::rule::quoted(right).is_some();
    own(left).filter(|_| is_constant).map(|at| (at, operator, right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_answers_hang_on() {
        let uniform = |by_row, by_column| Form::Uniform { by_row, by_column };
        for (formula, expected) in [
            ("MOD(ROW(),2)=0", uniform(true, false)),
            ("'It''s here'!$A1=\"x\"", uniform(true, false)),
            ("NOT(ISERROR(SEARCH(\"A1 is\"\"\",$C2)))", uniform(true, false)),
            ("COUNTIF($A:$A,$A2)>1", uniform(true, false)),
            ("$B$1", uniform(false, false)),
            ("WEEKDAY(F$5,2)>5", uniform(false, true)),
            ("AND(F$5>=$C7,F$5<=$D7)", Form::Ruled(4)),
            ("MOD(ROW()+COLUMN(),2)=0", Form::Ruled(2)),
            ("A1*2>B2", Form::Own(vec![(0, 0), (1, 1)])),
            ("SEARCH(\"x\",a1)", Form::Own(vec![(0, 0)])),
            ("MOD(INT($Z1/2^COLUMN()),2)=1", Form::Unknown),
            ("MID(Data!$A$1,ROW()*31+COLUMN(),1)=\"1\"", Form::Unknown),
            ("INDEX(5:5,COLUMN())", Form::Unknown),
            ("INDEX(A1:AZ1,31)=1", Form::Unknown),
            ("OFFSET(A1,0,30)=1", Form::Unknown),
            ("OR($X$1:$X$220=ROW()+ROW()+COLUMN())", Form::Unknown),
            ("Q", Form::Unknown),
            ("INDIRECT(\"RC[40]\",FALSE)=1", Form::Unknown),
            ("Table1[@x]>1", Form::Unknown),
        ] {
            assert_eq!(Form::of(formula), expected, "{formula}");
        }
    }

    #[test]
    fn comparisons_with_constants() {
        for (formula, expected) in [
            ("A1>0.5", Some(((0, 0), "greaterThan", "0.5"))),
            ("B2 <> \"x\"", Some(((1, 1), "notEqual", "\"x\""))),
            ("LEN(TRIM(A1))=0", Some(((0, 0), "equal", "\"\""))),
            ("NOT(ISBLANK(A1))", Some(((0, 0), "notEqual", "\"\""))),
            ("$A1>1", None),
            ("A1>B1", None),
            ("A1=1=1", None),
        ] {
            assert_eq!(comparison(formula), expected, "{formula}");
        }
    }
}
