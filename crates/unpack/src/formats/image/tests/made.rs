//! Pictures of codes, made in many ways.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, RgbaImage};
use qrcode::{EcLevel, QrCode};

/// Seeded, so that a failure comes again: xorshift64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most as u64).unwrap()
    }
}

/// The modules of a code, true where dark.
pub(crate) fn code(content: &str) -> Vec<Vec<bool>> {
    strong(content, EcLevel::M)
}

pub(crate) fn strong(content: &str, level: EcLevel) -> Vec<Vec<bool>> {
    let code = QrCode::with_error_correction_level(content, level).unwrap();
    let width = code.width();
    let colors = code.to_colors();
    colors.chunks(width).map(|row| row.iter().map(|color| *color == qrcode::Color::Dark).collect()).collect()
}

/// A picture being made.
#[derive(Clone)]
pub(crate) struct Canvas {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) image: RgbImage,
}

impl Canvas {
    pub(crate) fn from_func(width: u32, height: u32, mut color: impl FnMut(u32, u32) -> [u8; 3]) -> Self {
        let image = RgbImage::from_fn(width, height, |x, y| Rgb(color(x, y)));
        Self { width, height, image }
    }

    /// Black on white, so many pixels a module, so many modules of margin.
    pub(crate) fn of(modules: &[Vec<bool>], pixels: u32, margin: u32) -> Self {
        Self::coloured(modules, pixels, margin, ([0; 3], [255; 3]))
    }

    pub(crate) fn coloured(modules: &[Vec<bool>], pixels: u32, margin: u32, (dark, light): ([u8; 3], [u8; 3])) -> Self {
        let side = (modules.len() as u32 + 2 * margin) * pixels;
        Self::from_func(side, side, |x, y| {
            let at = |place: u32| (place / pixels).checked_sub(margin).map(|at| at as usize);
            let is_dark = at(x)
                .zip(at(y))
                .is_some_and(|(x, y)| modules.get(y).and_then(|row| row.get(x)).copied().unwrap_or(false));
            if is_dark { dark } else { light }
        })
    }

    pub(crate) fn map(&self, mut color: impl FnMut(u32, u32, [u8; 3]) -> [u8; 3]) -> Self {
        Self::from_func(self.width, self.height, |x, y| color(x, y, self.image.get_pixel(x, y).0))
    }

    pub(crate) fn cut(&self, x: u32, y: u32, width: u32, height: u32) -> Self {
        Self::from_func(width, height, |px, py| self.image.get_pixel(x + px, y + py).0)
    }

    /// Turned about its middle, on white.
    pub(crate) fn turned(&self, degrees: f64) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let side = (f64::from(self.width) * 1.5) as u32;
        let (middle, half) = (f64::from(side) / 2.0, f64::from(self.width) / 2.0);
        Self::from_func(side, side, |x, y| {
            let (dx, dy) = (f64::from(x) - middle, f64::from(y) - middle);
            self.smooth(dx * cos + dy * sin + half, dy * cos - dx * sin + half)
        })
    }

    /// Seen from the side, on white.
    pub(crate) fn tilted(&self, by: f64) -> Self {
        let side = f64::from(self.width);
        Self::from_func(self.width, self.height, |x, y| {
            let share = 1.0 - by * f64::from(y) / side;
            self.smooth((f64::from(x) - side / 2.0) / share + side / 2.0, f64::from(y))
        })
    }

    fn smooth(&self, x: f64, y: f64) -> [u8; 3] {
        if x < 0.0 || y < 0.0 || x >= f64::from(self.width - 1) || y >= f64::from(self.height - 1) {
            return [255; 3];
        }
        let (left, top) = (x as u32, y as u32);
        let (across, down) = (x - f64::from(left), y - f64::from(top));
        let at = |x, y| self.image.get_pixel(x, y).0.map(f64::from);
        let (a, b, c, d) = (at(left, top), at(left + 1, top), at(left, top + 1), at(left + 1, top + 1));
        std::array::from_fn(|n| {
            let upper = a[n] * (1.0 - across) + b[n] * across;
            let lower = c[n] * (1.0 - across) + d[n] * across;
            (upper * (1.0 - down) + lower * down) as u8
        })
    }

    pub(crate) fn scaled(&self, width: u32) -> Self {
        let image = image::imageops::resize(&self.image, width, width, image::imageops::FilterType::Triangle);
        Self { width, height: width, image }
    }

    pub(crate) fn blurred(&self, sigma: f32) -> Self {
        Self { image: image::imageops::blur(&self.image, sigma), ..self.clone() }
    }

    fn encoded(image: DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    pub(crate) fn png(&self) -> Vec<u8> {
        Self::encoded(self.image.clone().into(), ImageFormat::Png)
    }

    pub(crate) fn gif(&self) -> Vec<u8> {
        Self::encoded(self.image.clone().into(), ImageFormat::Gif)
    }

    pub(crate) fn bmp(&self) -> Vec<u8> {
        Self::encoded(self.image.clone().into(), ImageFormat::Bmp)
    }

    pub(crate) fn tiff(&self) -> Vec<u8> {
        Self::encoded(self.image.clone().into(), ImageFormat::Tiff)
    }

    /// In one strip, packed, without a predictor (TIFF 6.0, section 13).
    pub(crate) fn lzw_tiff(&self) -> Vec<u8> {
        let grey: Vec<u8> = self.image.pixels().map(|pixel| pixel.0[0]).collect();
        let packed = packed(&grey);
        let entries: [(u16, u32); 8] = [
            (256, self.width),
            (257, self.height),
            (258, 8),
            (259, 5),
            (262, 1),
            (273, 8 + 2 + 8 * 12 + 4),
            (278, self.height),
            (279, u32::try_from(packed.len()).unwrap()),
        ];
        let mut file = b"II*\0\x08\0\0\0\x08\0".to_vec();
        for (tag, value) in entries {
            file.extend(tag.to_le_bytes());
            file.extend([4, 0, 1, 0, 0, 0]);
            file.extend(value.to_le_bytes());
        }
        file.extend([0; 4]);
        file.extend(packed);
        file
    }

    pub(crate) fn ico(&self) -> Vec<u8> {
        Self::encoded(DynamicImage::ImageRgba8(DynamicImage::from(self.image.clone()).into_rgba8()), ImageFormat::Ico)
    }

    pub(crate) fn webp(&self) -> Vec<u8> {
        Self::encoded(self.image.clone().into(), ImageFormat::WebP)
    }

    pub(crate) fn jpeg(&self, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
        self.image.write_with_encoder(encoder).unwrap();
        bytes
    }

    /// White is seen through, and so is nothing else.
    pub(crate) fn clear_png(&self, ink: [u8; 3]) -> Vec<u8> {
        let image = RgbaImage::from_fn(self.width, self.height, |x, y| {
            let [red, ..] = self.image.get_pixel(x, y).0;
            image::Rgba([ink[0], ink[1], ink[2], 255 - red])
        });
        Self::encoded(image.into(), ImageFormat::Png)
    }
}

/// LZW that never lets its table grow: a code of nine bits a byte, and a new beginning before codes get longer.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let (mut out, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    let mut push = |code: u32| {
        held = (held << 9) | code;
        bits += 9;
        while bits >= 8 {
            bits -= 8;
            out.push((held >> bits & 0xff) as u8);
        }
        held &= (1 << bits) - 1;
    };
    for piece in bytes.chunks(200) {
        push(256);
        piece.iter().for_each(|byte| push(u32::from(*byte)));
    }
    push(257);
    push(0);
    out
}

type Variant = (String, String, Vec<u8>);

/// A hundred pictures: name, what the code says, bytes.
pub(crate) fn variants() -> Vec<Variant> {
    let mut variants = Vec::new();
    let mut random = Random(0x51ed_270b);
    let lengths = [0_usize, 12, 40, 90, 160];
    for round in 0..4 {
        let length = lengths[round % lengths.len()];
        let tail: String =
            (0..length).map(|_| char::from(b"abcdefghijkmnpqrstuvwxyz0123456789"[random.below(34)])).collect();
        let content = format!("https://evil{round}.example/{tail}");
        for (name, bytes) in ways(&content, round, &mut random) {
            variants.push((format!("{round} {name}"), content.clone(), bytes));
        }
    }
    variants
}

fn ways(content: &str, round: usize, random: &mut Random) -> Vec<(&'static str, Vec<u8>)> {
    let modules = code(content);
    let robust = strong(content, EcLevel::H);
    let plain = Canvas::of(&modules, 6, 4);
    let large = Canvas::of(&modules, 12, 4);
    let angle = 7.0 + 11.0 * round as f64;
    let colours = [
        ([180, 0, 0], [255, 255, 0]),
        ([0, 60, 0], [150, 220, 150]),
        ([90, 0, 120], [250, 180, 60]),
        ([255, 0, 0], [0, 0, 255]),
    ];
    let pair = colours[round % colours.len()];
    let mut noise = Random(random.0);
    let mut ways = vec![
        ("png", plain.png()),
        ("jpeg", plain.jpeg(60)),
        ("gif", plain.gif()),
        ("bmp", plain.bmp()),
        ("webp", plain.webp()),
        ("inverted", Canvas::coloured(&modules, 6, 4, ([255; 3], [0; 3])).png()),
        ("inverted jpeg", Canvas::coloured(&modules, 5, 2, ([255; 3], [20; 3])).jpeg(50)),
        ("turned", large.turned(angle).png()),
        ("turned jpeg", large.turned(angle + 45.0).jpeg(70)),
        ("quarter", Canvas { image: image::imageops::rotate90(&plain.image), ..plain.clone() }.png()),
        ("mirrored", Canvas { image: image::imageops::flip_horizontal(&plain.image), ..plain.clone() }.png()),
        ("coloured", Canvas::coloured(&modules, 6, 4, pair).png()),
        ("coloured jpeg", Canvas::coloured(&modules, 8, 4, pair).jpeg(85)),
        ("low contrast", Canvas::coloured(&modules, 6, 4, ([200; 3], [216; 3])).png()),
        ("low contrast dark", Canvas::coloured(&modules, 6, 4, ([20; 3], [40; 3])).png()),
        ("no margin", Canvas::of(&modules, 6, 0).png()),
        ("one pixel a module", Canvas::of(&modules, 1, 2).png()),
        ("two pixels a module", Canvas::of(&modules, 2, 1).png()),
        ("shrunken", large.scaled((modules.len() as u32 + 8) * 7 / 2).png()),
        ("blurred", large.blurred(3.0).jpeg(60)),
        ("tilted", large.tilted(0.2).png()),
    ];
    let side = large.width;
    let shaded = large.map(|x, _, rgb| rgb.map(|value| (u32::from(value) * (x + side / 2) / (2 * side)) as u8));
    ways.push(("shaded", shaded.png()));
    let noisy = plain.map(|_, _, rgb| rgb.map(|value| value.saturating_sub(40).saturating_add(noise.below(80) as u8)));
    ways.push(("noisy", noisy.png()));
    let logo = Canvas::of(&robust, 8, 4);
    let (from, to) = (logo.width * 2 / 5, logo.width * 3 / 5);
    let logo = logo.map(
        |x, y, rgb| if (from..to).contains(&x) && (from + 20..to - 20).contains(&y) { [30, 90, 200] } else { rgb },
    );
    ways.push(("logo", logo.png()));
    ways.push(match round % 4 {
        0 => ("in a page", page(&plain, random)),
        1 => ("seen through", plain.clear_png([0; 3])),
        2 => ("white, seen through", plain.clear_png([255; 3])),
        _ => ("dots", dots(&modules)),
    });
    ways
}

/// Among lines of something like text.
fn page(code: &Canvas, random: &mut Random) -> Vec<u8> {
    let mut page = Canvas::from_func(1000, 1400, |_, _| [250; 3]);
    for line in 0..40_u32 {
        let mut x = 60;
        while x < 900 {
            let length = 10 + random.below(40) as u32;
            for px in x..x + length {
                for py in 0..8 {
                    if (px * 7 + py * 3 + line) % 5 < 3 {
                        page.image.put_pixel(px, 40 + line * 32 + py, Rgb([40; 3]));
                    }
                }
            }
            x += length + 12;
        }
    }
    for (x, y, pixel) in code.image.enumerate_pixels() {
        if 300 + x < 1000 {
            page.image.put_pixel(300 + x, 400 + y, *pixel);
        }
    }
    page.jpeg(75)
}

/// Round modules.
fn dots(modules: &[Vec<bool>]) -> Vec<u8> {
    let side = (modules.len() as u32 + 8) * 12;
    let dots = Canvas::from_func(side, side, |x, y| {
        let at = |place: u32| (place / 12).checked_sub(4).map(|at| at as usize);
        let is_dark =
            at(x).zip(at(y)).is_some_and(|(x, y)| modules.get(y).and_then(|row| row.get(x)).copied().unwrap_or(false));
        let (dx, dy) = (f64::from(x % 12) - 5.5, f64::from(y % 12) - 5.5);
        if is_dark && dx * dx + dy * dy < 34.0 { [0; 3] } else { [255; 3] }
    });
    dots.png()
}
