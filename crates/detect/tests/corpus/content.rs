//! Content as the worker finds it: `unpack`, called here in the same process.

use ::unpack::{Budget, Limits, Part, Request};
use mail::message::Message;
use scan::content::Content;

/// One item for each leaf, and for each file in a container.
pub(crate) fn of(message: &Message) -> Content {
    let parts = message.parts().filter(|(_, part)| part.is_leaf()).map(|(path, part)| {
        let bytes = part.content(message.raw()).into_owned();
        Part::of(path.to_string(), part, bytes.into())
    });
    ::unpack::unpack(&Request { parts: parts.collect(), ..Request::default() }, &mut Budget::new(Limits::default()))
}
