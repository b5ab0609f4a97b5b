//! Transfer encodings and encoded words, decoded as far as any mail program would.
