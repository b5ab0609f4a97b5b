//! Everything that a condition may speak of, in one table: type and meaning. The reference is generated from it.

use scan::class::Class;

/// Type of a name or an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// Text; compared without case.
    Text,
    /// One of a few fixed words.
    Word(&'static [&'static str]),
    /// An IP address.
    Ip,
    /// A list of texts.
    List,
}

impl Type {
    /// For people.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Bool => "true or false".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Ip => "an IP address".to_owned(),
            Self::List => "a list".to_owned(),
        }
    }
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table NAMES documents each one for users; a second text would only differ")]
pub enum Name {
    VerdictClass,
    VerdictProbability,
    VerdictCalibrated,
    ThresholdTag,
    ThresholdQuarantine,
    ThresholdReject,
    SenderAddress,
    SenderDomain,
    SenderIsNull,
    RecipientAddress,
    RecipientDomain,
    RecipientDirection,
    RecipientGroups,
    ClientIp,
    ClientTls,
    Helo,
    FromDomain,
    FromShown,
    Subject,
    MessageId,
    MessageSize,
    MessageAmbiguities,
    AuthSpf,
    AuthDkim,
    AuthDmarc,
    AuthDmarcPolicy,
    AuthArc,
    AuthAligned,
    ReverseDnsConfirmed,
    ReverseDnsName,
    DnsLists,
    Scanners,
    Evidence,
    SiteDomains,
}

/// One line of the table of names.
#[derive(Clone, Copy, Debug)]
pub struct NameEntry {
    /// As written in a condition.
    pub text: &'static str,
    /// What it stands for.
    pub name: Name,
    /// Its type.
    pub kind: Type,
    /// What it means.
    pub doc: &'static str,
}

/// One line of the table of functions or methods.
#[derive(Clone, Copy, Debug)]
pub struct FunctionEntry {
    /// Name without parentheses.
    pub text: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it means.
    pub doc: &'static str,
}

const CLASSES: &[&str] = &["clean", "bulk", "spam", "phishing", "malware", "policy", "unscannable"];
const SPF: &[&str] = &["none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"];
const DKIM: &[&str] = &["none", "pass", "fail", "policy", "temperror", "permerror"];
const DMARC: &[&str] = &["none", "pass", "fail", "temperror", "permerror"];
const DMARC_POLICY: &[&str] = &["none", "quarantine", "reject"];
const DIRECTION: &[&str] = &["inbound", "outbound"];

const fn entry(text: &'static str, name: Name, kind: Type, doc: &'static str) -> NameEntry {
    NameEntry { text, name, kind, doc }
}

/// All names, in the order of the reference.
#[rustfmt::skip]
pub const NAMES: &[NameEntry] = &[
    entry("verdict.class", Name::VerdictClass, Type::Word(CLASSES), "The most likely class."),
    entry("verdict.probability", Name::VerdictProbability, Type::Number, "Probability that the message is bad: neither clean nor bulk. 0 to 1."),
    entry("verdict.calibrated", Name::VerdictCalibrated, Type::Bool, "The probability was fitted to data; if not it is an ordering only."),
    entry("thresholds.tag", Name::ThresholdTag, Type::Number, "Tag value of the preset: half of the quarantine value."),
    entry("thresholds.quarantine", Name::ThresholdQuarantine, Type::Number, "Quarantine value of the preset."),
    entry("thresholds.reject", Name::ThresholdReject, Type::Number, "Reject value of the preset."),
    entry("sender.address", Name::SenderAddress, Type::Text, "MAIL FROM, lower case; empty for the null sender."),
    entry("sender.domain", Name::SenderDomain, Type::Text, "Domain of MAIL FROM; empty for the null sender."),
    entry("sender.is_null", Name::SenderIsNull, Type::Bool, "MAIL FROM is `<>`: a bounce or a notice."),
    entry("recipient.address", Name::RecipientAddress, Type::Text, "The recipient this decision is for, lower case."),
    entry("recipient.domain", Name::RecipientDomain, Type::Text, "Domain of the recipient."),
    entry("recipient.direction", Name::RecipientDirection, Type::Word(DIRECTION), "Into one of our domains, or out of them."),
    entry("recipient.groups", Name::RecipientGroups, Type::List, "Groups that the recipient is a member of."),
    entry("client.ip", Name::ClientIp, Type::Ip, "Address of the peer of the session."),
    entry("client.tls", Name::ClientTls, Type::Bool, "The session used STARTTLS."),
    entry("helo", Name::Helo, Type::Text, "What the peer called itself."),
    entry("from.domain", Name::FromDomain, Type::Text, "Domain of the first From address; empty where there is none."),
    entry("from.shown", Name::FromShown, Type::Text, "From as displayed: name and address."),
    entry("subject", Name::Subject, Type::Text, "Subject, decoded."),
    entry("message.id", Name::MessageId, Type::Text, "Message-ID as written."),
    entry("message.size", Name::MessageSize, Type::Number, "Size in bytes as received."),
    entry("message.ambiguities", Name::MessageAmbiguities, Type::List, "What two mail readers would open differently; empty for nearly all mail."),
    entry("auth.spf", Name::AuthSpf, Type::Word(SPF), "SPF of MAIL FROM (RFC 7208). `temperror` leaves other words unknown (advisory)."),
    entry("auth.dkim", Name::AuthDkim, Type::Word(DKIM), "Best result of all DKIM signatures (RFC 6376). `temperror` leaves other words unknown (advisory)."),
    entry("auth.dmarc", Name::AuthDmarc, Type::Word(DMARC), "DMARC of the From domain (RFC 9989). `temperror` leaves other words unknown (required)."),
    entry("auth.dmarc_policy", Name::AuthDmarcPolicy, Type::Word(DMARC_POLICY), "What the owner of the From domain asks for; `none` also where there is no record."),
    entry("auth.arc", Name::AuthArc, Type::Word(DKIM), "The ARC chain (RFC 8617)."),
    entry("auth.aligned", Name::AuthAligned, Type::Bool, "SPF or a DKIM signature passes for the From domain."),
    entry("facts.reverse_dns.confirmed", Name::ReverseDnsConfirmed, Type::Bool, "The name of the client's address leads back to it. Advisory."),
    entry("facts.reverse_dns.name", Name::ReverseDnsName, Type::Text, "That name; empty where there is none. Advisory."),
    entry("facts.dns_lists", Name::DnsLists, Type::List, "Zones of the DNS lists that list the client or a domain. A zone that did not answer is unknown. Advisory."),
    entry("facts.scanners", Name::Scanners, Type::List, "Names of the outside scanners that found malware or something suspicious. One that did not answer is unknown: required or advisory, as `[[scanner]]` says."),
    entry("evidence", Name::Evidence, Type::List, "Names of all evidence found, for instance `\"eicar\" in evidence`."),
    entry("site.domains", Name::SiteDomains, Type::List, "The domains that this site relays for."),
];

/// Functions. Those about content become questions, asked before judging.
#[rustfmt::skip]
pub const FUNCTIONS: &[FunctionEntry] = &[
    FunctionEntry { text: "has_type", form: "has_type(\"exe\", ...)", doc: "An attachment, or a file inside one, is of one of these types by its content." },
    FunctionEntry { text: "has_extension", form: "has_extension(\"js\", ...)", doc: "An attachment, or a file inside one, has a name with one of these endings." },
    FunctionEntry { text: "has_mark", form: "has_mark(\"macro\", ...)", doc: "One of these was noticed about an attachment, or a file inside one; the words stand below." },
    FunctionEntry { text: "text_contains", form: "text_contains(\"...\", ...)", doc: "The text contains one of these, without case, in any reading: seen, seen by other programs, hidden." },
    FunctionEntry { text: "header_contains", form: "header_contains(\"x-foo\", \"bar\")", doc: "A header field of this name contains this text, without case." },
    FunctionEntry { text: "links_to", form: "links_to(\"example.com\", ...)", doc: "A link leads to one of these domains or a name under it." },
    FunctionEntry { text: "verdict.probability_of", form: "verdict.probability_of(\"phishing\")", doc: "Probability of one class." },
];

/// Methods, written after a value and a dot.
#[rustfmt::skip]
pub const METHODS: &[FunctionEntry] = &[
    FunctionEntry { text: "matches", form: "text.matches(r\"...\")", doc: "The regular expression matches somewhere; `(?i)` in front ignores case." },
    FunctionEntry { text: "contains", form: "text.contains(\"...\")", doc: "Contains, without case." },
    FunctionEntry { text: "startsWith", form: "text.startsWith(\"...\")", doc: "Starts with, without case." },
    FunctionEntry { text: "endsWith", form: "text.endsWith(\"...\")", doc: "Ends with, without case." },
    FunctionEntry { text: "within", form: "domain.within(list)", doc: "The domain, or one that it lies under, is in the list." },
    FunctionEntry { text: "inNetwork", form: "client.ip.inNetwork([\"192.0.2.0/24\"])", doc: "The address lies in one of these networks; a list literal, one text or `lists.NAME`." },
    FunctionEntry { text: "exists", form: "list.exists(x, x.startsWith(\"a\"))", doc: "The condition holds for one item at least." },
    FunctionEntry { text: "any", form: "list.any(x, ...)", doc: "Another word for `exists`." },
    FunctionEntry { text: "all", form: "list.all(x, ...)", doc: "The condition holds for each item." },
    FunctionEntry { text: "size", form: "list.size()", doc: "Number of items." },
];

/// The entry of a name.
#[must_use]
pub fn find(text: &str) -> Option<&'static NameEntry> {
    NAMES.iter().find(|entry| entry.text == text)
}

/// The words of all classes, for messages.
#[must_use]
pub fn class_words() -> Vec<&'static str> {
    Class::ALL.iter().map(|class| class.word()).collect()
}

#[cfg(test)]
mod tests;
