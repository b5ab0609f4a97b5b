//! Two hundred codes of twenty contents, in forty ways to show one: what share of them is read, over all and of each sort.

mod documents;
mod drawn;
mod pictures;

use std::collections::BTreeMap;

use bytes::Bytes;
use scan::content::{Content, LinkKind};

use crate::budget::{Budget, Limits};
use crate::request::{Part, Request};
use crate::unpack::unpack;

/// Contents, ways to show one, and how many of the contents are shown in each.
const CONTENTS: usize = 20;
const WAYS: usize = 40;
const EACH: usize = 5;
/// Of all that many are read, in per cent.
const READ_MIN: usize = 95;
/// Sorts of ways, and how much of each is read at least, in per cent.
const SORTS: [(&str, usize); 10] = [
    ("inverted", 90),
    ("split", 90),
    ("coloured", 90),
    ("in a PDF", 90),
    ("characters", 90),
    ("table", 90),
    ("svg", 90),
    ("turned", 80),
    ("scaled", 80),
    ("compressed", 80),
];

/// A way to show a code: its sort, its name, and the parts of a message that shows the code of this content.
struct Way {
    sort: &'static str,
    name: &'static str,
    show: fn(&str) -> Vec<Part>,
}

const fn way(sort: &'static str, name: &'static str, show: fn(&str) -> Vec<Part>) -> Way {
    Way { sort, name, show }
}

fn part(declared: &str, bytes: impl Into<Bytes>) -> Part {
    Part { declared: declared.to_owned(), inline: true, bytes: bytes.into(), ..Part::default() }
}

fn open(mut parts: Vec<Part>) -> Content {
    for (number, part) in parts.iter_mut().enumerate() {
        part.place = (number + 1).to_string();
    }
    unpack(&Request { parts, ..Request::default() }, &mut Budget::new(Limits::default()))
}

/// Addresses of many lengths, some of them in capitals, which codes hold otherwise.
fn contents() -> Vec<String> {
    let tail = |length: usize| -> String {
        (0..length).map(|at| char::from(b"abcdefghijkmnpqrstuvwxyz23456789"[(at * 7 + length * 3) % 32])).collect()
    };
    let mut contents: Vec<String> =
        (0..CONTENTS).map(|number| format!("https://evil{number}.example/{}", tail(number * 5))).collect();
    contents[3] = "HTTPS://EVIL3.EXAMPLE/LOGIN".to_owned();
    contents[7] = "http://evil7.example/sign-in?user=bob@corp.example&next=%2Fmail".to_owned();
    contents[11] = "evil11.example/short".to_owned();
    contents
}

#[test]
fn nineteen_of_twenty_of_all_sorts_are_read() {
    let contents = contents();
    let ways: Vec<Way> = pictures::ways().into_iter().chain(documents::ways()).chain(drawn::ways()).collect();
    assert_eq!(ways.len(), WAYS);
    let (mut count, mut misses) = (0_usize, Vec::new());
    let mut sorts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (number, way) in ways.iter().enumerate() {
        for at in 0..EACH {
            // Each way has others of them.
            let content = &contents[(number * 3 + at * CONTENTS / EACH) % CONTENTS];
            let opened = open((way.show)(content));
            let links = opened.items.iter().flat_map(|item| &item.links);
            let is_read = links.into_iter().any(|link| link.kind == LinkKind::Code && link.target == *content);
            count += 1;
            let (all, read) = sorts.entry(way.sort).or_default();
            *all += 1;
            *read += usize::from(is_read);
            if !is_read {
                misses.push(format!("{}, {}: {content}", way.sort, way.name));
            }
        }
    }
    assert_eq!((count, sorts.len()), (200, SORTS.len()));
    let least = |sort: &str| SORTS.iter().find(|(own, _)| *own == sort).map_or(100, |(_, least)| *least);
    let low: Vec<_> = sorts.iter().filter(|(sort, (all, read))| read * 100 < least(sort) * all).collect();
    eprintln!("{} of {count} are not read: {misses:#?}\n{sorts:?}", misses.len());
    assert!((count - misses.len()) * 100 >= READ_MIN * count, "{misses:#?}");
    assert!(low.is_empty(), "{low:?}: {misses:#?}");
}
