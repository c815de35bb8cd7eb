//! Small drawings in SVG, which a page shows inline.
//!
//! They have no colours of their own: every shape has a class, and the style of the page colours it, so that one drawing
//! fits a light and a dark page. A drawing is as wide as a telephone's page, and so its text is as large as that of the
//! page there. It names no other resource, not even the namespace, which pages do not need.

use std::fmt::{Display, Write};

/// The width of every drawing.
pub(super) const WIDTH: f64 = 330.0;

/// Text with what HTML and XML would take for their own.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Where a text is, seen from its point.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing that grows. Writing to a string cannot fail.
pub(super) struct Svg(String);

impl Svg {
    /// `title` says what the drawing shows, to who cannot see it.
    pub(super) fn new(height: f64, title: &str) -> Svg {
        let title = escape(title);
        Svg(format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\"><title>{title}</title>"))
    }

    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (from, to);
        let _ = write!(
            self.0,
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
        );
    }

    /// A line through some points, and a dot at each if `dots`; of one point only the dot.
    pub(super) fn curve(&mut self, class: &str, points: &[(f64, f64)], dots: bool) {
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let lone = points.len() == 1;
        if !lone {
            let _ = write!(self.0, "<polyline class=\"curve {class}\" points=\"{}\"/>", path.join(" "));
        }
        for (x, y) in points.iter().filter(|_| dots || lone) {
            let _ = write!(self.0, "<circle class=\"dot {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>");
        }
    }

    pub(super) fn bar(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let _ = write!(
            self.0,
            "<rect class=\"bar {class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"2\"/>"
        );
    }

    pub(super) fn text(&mut self, anchor: Anchor, (x, y): (f64, f64), text: impl Display) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escape(&text.to_string());
        let _ = write!(self.0, "<text text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>");
    }

    pub(super) fn end(mut self) -> String {
        self.0.push_str("</svg>");
        self.0
    }
}

/// A scale on which equal factors are equal distances.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    /// The least and the most that is shown.
    pub(super) values: (f64, f64),
    /// Where those are drawn.
    pub(super) places: (f64, f64),
}

impl Scale {
    /// The scale for some values, which are more than nothing.
    pub(super) fn new(values: impl Iterator<Item = f64>, places: (f64, f64)) -> Scale {
        let (least, most) = values.fold((f64::MAX, f64::MIN_POSITIVE), |(least, most), value| {
            let value = value.max(f64::MIN_POSITIVE);
            (least.min(value), most.max(value))
        });
        Scale { values: (least.min(most), most), places }
    }

    /// Where a value is drawn: in the middle if all are the same.
    pub(super) fn place(&self, value: f64) -> f64 {
        let (least, most) = self.values;
        let part = if most > least { (value / least).ln() / (most / least).ln() } else { 0.5 };
        self.places.0 + part.clamp(0.0, 1.0) * (self.places.1 - self.places.0)
    }

    /// The round numbers of the scale: 1, 2 and 5 of each power of ten, or the powers alone where those were too many.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let (least, most) = self.values;
        let powers = least.log10().floor() as i32..=most.log10().ceil() as i32;
        let digits: &[f64] = if most / least > 50.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let ticks = powers.flat_map(|power| digits.iter().map(move |digit| digit * 10_f64.powi(power)));
        // What is as good as the least or the most is shown.
        ticks.filter(|tick| (least * 0.999..=most * 1.001).contains(tick)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_round_numbers_at_their_places() {
        let scale = Scale::new([3.0, 40.0].into_iter(), (100.0, 0.0));
        assert_eq!(scale.ticks(), [5.0, 10.0, 20.0]);
        assert_eq!((scale.place(3.0), scale.place(40.0)), (100.0, 0.0));
        let wide = Scale::new([1.0, 1000.0].into_iter(), (0.0, 30.0));
        assert_eq!(wide.ticks(), [1.0, 10.0, 100.0, 1000.0]);
        assert!((wide.place(10.0) - 10.0).abs() < 1e-9);
        let point = Scale::new([7.0].into_iter(), (0.0, 30.0));
        assert_eq!(point.place(7.0), 15.0);
    }

    #[test]
    fn a_drawing_is_well_formed_whatever_its_text() {
        let mut svg = Svg::new(10.0, "\"a\" & <b>");
        svg.text(Anchor::Start, (0.0, 0.0), "1 < 2 & 3");
        svg.curve("s1", &[(0.0, 0.0), (1.0, 1.0)], true);
        let text = svg.end();
        let tree = roxmltree::Document::parse(&text).expect("it is XML");
        let title = tree.root_element().first_element_child().unwrap();
        assert_eq!(title.text(), Some("\"a\" & <b>"));
        assert_eq!(tree.descendants().filter(|node| node.has_tag_name("circle")).count(), 2);
    }
}
