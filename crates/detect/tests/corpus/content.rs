//! Content as the worker finds it: `unpack`, called here in the same process.

use ::unpack::{Budget, Limits, Part, Request};
use mail::message::Message;
use scan::content::Content;

/// One item for each leaf, and for each file in a container.
pub(crate) fn of(message: &Message) -> Content {
    let parts = message.parts().filter(|(_, part)| part.is_leaf()).map(|(path, part)| Part {
        place: path.to_string(),
        names: part.names.clone(),
        declared: format!("{}/{}", part.media_type.top, part.media_type.sub),
        charset: part.media_type.parameter("charset").unwrap_or_default().to_owned(),
        inline: part.disposition != "attachment" && part.names.is_empty(),
        bytes: part.content(message.raw()).into_owned().into(),
    });
    ::unpack::unpack(&Request { parts: parts.collect(), ..Request::default() }, &mut Budget::new(Limits::default()))
}
