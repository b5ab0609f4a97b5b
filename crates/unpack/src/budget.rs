//! How much may be done for one message. Every limit has a name, a unit and a test that reaches it.

use std::cell::Cell;
use std::time::Duration;

/// Containers within containers.
pub const DEPTH_MAX: u32 = 10;
/// Parts and children of one message, all levels together.
pub const FILES_MAX: u32 = 10_000;
/// Bytes that come out of the containers of one message, all levels together.
pub const UNPACKED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Bytes out of containers for each byte of the message's parts.
pub const RATIO_MAX: u64 = 200;
/// Bytes out of containers that the ratio does not count: a short file of zeros is no bomb.
pub const RATIO_FREE_BYTES: u64 = 1024 * 1024;
/// Text kept of one message, visible and hidden together, bytes: half for what is shown as part of the message, half for what
/// is in files. What is longer is cut and marked `text_cut`; where hardly anything is left of a part that is shown, it is over budget.
pub const TEXT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Links kept of one message.
pub const LINKS_MAX: usize = 10_000;
/// Targets and texts of all links of one message, bytes.
pub const LINK_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Text of one link, bytes; the rest is cut.
pub const LINK_TEXT_BYTES_MAX: usize = 1024;
/// One name inside a container, bytes; the rest is cut.
pub const NAME_BYTES_MAX: usize = 1024;
/// Memory of the HTML reader, bytes.
pub const HTML_MEMORY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Steps of reckoning formulas of one message, besides one for two of its bytes: a piece of a formula, or 64 bytes that are read,
/// copied or passed over on the way, is one. What is over them counts as not known, and is marked.
pub const FORMULA_STEPS_MAX: u32 = 500_000;

/// Steps of looking again at parts of the pictures and drawings of one message that may be codes: a pixel of such a part, or three
/// places that are compared, is one or a few. What is over them counts as not looked at, and is marked.
pub const CODE_STEPS_MAX: usize = 30_000_000;

/// CPU time for one message.
pub const CPU_MAX: Duration = Duration::from_secs(20);
/// Of it, for trying words as passwords: archives derive their keys slowly on purpose.
pub const PASSWORDS_CPU_MAX: Duration = Duration::from_secs(6);

/// The limits of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// [`DEPTH_MAX`].
    pub depth: u32,
    /// [`FILES_MAX`].
    pub files: u32,
    /// [`UNPACKED_BYTES_MAX`].
    pub unpacked_bytes: u64,
    /// [`RATIO_MAX`].
    pub ratio: u64,
    /// [`RATIO_FREE_BYTES`].
    pub ratio_free_bytes: u64,
    /// [`TEXT_BYTES_MAX`].
    pub text_bytes: usize,
    /// [`LINKS_MAX`].
    pub links: usize,
    /// [`LINK_BYTES_MAX`].
    pub link_bytes: usize,
    /// [`FORMULA_STEPS_MAX`].
    pub formula_steps: u32,
    /// [`CPU_MAX`].
    pub cpu: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: DEPTH_MAX,
            files: FILES_MAX,
            unpacked_bytes: UNPACKED_BYTES_MAX,
            ratio: RATIO_MAX,
            ratio_free_bytes: RATIO_FREE_BYTES,
            text_bytes: TEXT_BYTES_MAX,
            links: LINKS_MAX,
            link_bytes: LINK_BYTES_MAX,
            formula_steps: FORMULA_STEPS_MAX,
            cpu: CPU_MAX,
        }
    }
}

/// What is left for one message.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    limits: Limits,
    /// CPU time used by this thread so far, and what it was at the beginning; without it time is not counted.
    clock: Option<fn() -> Duration>,
    began: Duration,
    /// Spent on passwords.
    passwords: Duration,
    files: u32,
    unpacked_bytes: u64,
    input_bytes: u64,
    /// Of files, and of what is shown.
    text_bytes: [usize; 2],
    links: usize,
    link_bytes: usize,
    formula_steps: u32,
    /// For parts of pictures.
    pub(crate) code_steps: Steps,
}

/// Steps that are left, of [`CODE_STEPS_MAX`].
#[derive(Clone, Debug)]
pub(crate) struct Steps(Cell<usize>);

impl Default for Steps {
    fn default() -> Self {
        Self(Cell::new(CODE_STEPS_MAX))
    }
}

impl Steps {
    /// So many are done; false when there were enough before.
    pub(crate) fn spend(&self, steps: usize) -> bool {
        let were_left = self.are_left();
        self.0.set(self.0.get().saturating_sub(steps));
        were_left
    }

    pub(crate) fn are_left(&self) -> bool {
        self.0.get() > 0
    }
}

impl Budget {
    /// A fresh one.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// One that counts time, by a clock of the thread's CPU time.
    #[must_use]
    pub fn with_clock(limits: Limits, clock: fn() -> Duration) -> Self {
        Self { limits, clock: Some(clock), began: clock(), ..Self::default() }
    }

    /// What a second look at the same message may use: all of it once more, but for the time.
    pub(crate) fn afresh(&self) -> Self {
        Self { limits: self.limits, clock: self.clock, began: self.began, passwords: self.passwords, ..Self::default() }
    }

    /// A part of it, for something that is looked at on the way: the time goes on.
    pub(crate) fn within(&self, limits: Limits) -> Self {
        Self { limits: Limits { cpu: self.limits.cpu, ..limits }, ..self.afresh() }
    }

    /// Is the time used up? Readers ask at every child, and in loops that can be long; they stop then.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.clock.is_some_and(|clock| clock().saturating_sub(self.began) > self.limits.cpu)
    }

    /// CPU time of this thread; zero without a clock.
    pub(crate) fn now(&self) -> Duration {
        self.clock.map(|clock| clock()).unwrap_or_default()
    }

    /// May a further word be tried as a password?
    pub(crate) fn has_time_for_passwords(&self) -> bool {
        self.passwords < PASSWORDS_CPU_MAX && !self.is_late()
    }

    /// A word was tried since `from`.
    pub(crate) fn spend_passwords(&mut self, from: Duration) {
        self.passwords = self.passwords.saturating_add(self.now().saturating_sub(from));
    }

    /// The message's own size, which the ratio is measured by.
    pub(crate) fn begin(&mut self, input_bytes: u64) {
        self.input_bytes = input_bytes;
    }

    pub(crate) fn allows_depth(&self, depth: u32) -> bool {
        depth < self.limits.depth
    }

    pub(crate) fn files_left(&self) -> u32 {
        self.limits.files.saturating_sub(self.files)
    }

    /// One more part or child; false when there were enough.
    pub(crate) fn take_file(&mut self) -> bool {
        let left = self.files_left() > 0;
        self.files = self.files.saturating_add(1);
        left
    }

    /// Bytes that may still come out of containers.
    pub(crate) fn unpacked_bytes_left(&self) -> u64 {
        let by_ratio = self.input_bytes.saturating_mul(self.limits.ratio).max(self.limits.ratio_free_bytes);
        self.limits.unpacked_bytes.min(by_ratio).saturating_sub(self.unpacked_bytes)
    }

    pub(crate) fn spend_unpacked(&mut self, bytes: usize) {
        self.unpacked_bytes = self.unpacked_bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    /// How much of so many bytes of text is kept, of what is shown as part of the message or of a file; it is spent.
    pub(crate) fn take_text(&mut self, bytes: usize, is_shown: bool) -> usize {
        let half = self.limits.text_bytes / 2;
        let [of_files, of_shown] = &mut self.text_bytes;
        let spent = if is_shown { of_shown } else { of_files };
        let taken = bytes.min(half.saturating_sub(*spent));
        *spent = spent.saturating_add(taken);
        taken
    }

    /// How much text of files may still be kept, bytes.
    pub(crate) fn text_room(&self) -> usize {
        (self.limits.text_bytes / 2).saturating_sub(self.text_bytes[0])
    }

    /// How many steps may still be done for formulas.
    pub(crate) fn formula_steps_left(&self) -> u32 {
        let of_input = u32::try_from(self.input_bytes / 2).unwrap_or(u32::MAX);
        self.limits.formula_steps.saturating_add(of_input).saturating_sub(self.formula_steps)
    }

    pub(crate) fn spend_formula_steps(&mut self, steps: u32) {
        self.formula_steps = self.formula_steps.saturating_add(steps);
    }

    /// One more link of so many bytes; false when there were enough.
    pub(crate) fn take_link(&mut self, bytes: usize) -> bool {
        self.links = self.links.saturating_add(1);
        self.link_bytes = self.link_bytes.saturating_add(bytes);
        self.links <= self.limits.links && self.link_bytes <= self.limits.link_bytes
    }
}

/// A clock for tests of time: what this thread has used of the processor, whatever else runs beside it.
#[cfg(test)]
pub(crate) fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
}
