//! What the collection knows and the instrument does not: the zones, and the map of the area.

use super::answer::Wrong;
use super::area::{self, Map, NoPlace};
use super::diagnosis::Zone;
use super::plane::Point;

/// The zones, and the streets and places of the area.
#[derive(Debug, Clone, Default)]
pub struct Ground<'a> {
    /// The codes of the zones.
    pub zones: Vec<&'a str>,
    /// The map that streets and places are chosen from; the zones stand in where there is none.
    pub map: Option<&'a Map>,
}

impl<'a> From<&'a [Zone]> for Ground<'a> {
    fn from(zones: &'a [Zone]) -> Self {
        Self { zones: zones.iter().map(|zone| zone.code.as_str()).collect(), map: None }
    }
}

impl<'a> From<&'a Vec<Zone>> for Ground<'a> {
    fn from(zones: &'a Vec<Zone>) -> Self {
        zones.as_slice().into()
    }
}

impl<'a> Ground<'a> {
    /// Zones alone.
    #[must_use]
    pub fn of<S: AsRef<str>>(zones: &'a [S]) -> Self {
        Self { zones: zones.iter().map(AsRef::as_ref).collect(), map: None }
    }

    /// The same with a map.
    #[must_use]
    pub fn with(self, map: Option<&'a Map>) -> Self {
        Self { map, ..self }
    }

    /// The codes a place can have, in the order they are offered.
    #[must_use]
    pub fn places(&self) -> Vec<&'a str> {
        match self.map {
            Some(map) => map.places.iter().map(|place| place.code.as_str()).collect(),
            None => self.zones.clone(),
        }
    }

    /// The code of the place that is meant by a code, a name, or a point as people write it. The
    /// point itself is forgotten here.
    ///
    /// # Errors
    /// When it is no place, or a point outside the area or far from any place.
    pub fn place(&self, written: &str) -> Result<&'a str, Wrong> {
        let known = |code: &str| match self.map {
            Some(map) => map.place(code).map(|place| place.code.as_str()),
            None => self.zones.iter().copied().find(|zone| *zone == code),
        };
        if let Some(code) = known(written).or_else(|| known(&area::code(written))) {
            return Ok(code);
        }
        match self.map.zip(Point::written(written)).map(|(map, point)| map.snap(point)) {
            Some(Ok(place)) => Ok(&place.code),
            Some(Err(NoPlace::Outside)) => Err(Wrong::OutsideArea),
            Some(Err(NoPlace::Nothing)) => Err(Wrong::NoPlaceNear),
            None => Err(Wrong::NoSuchPlace),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::area::{Land, Place, Shape, code};

    fn at(lon: f64, lat: f64) -> Point {
        Point { lon, lat }
    }

    /// A square with one street in its south.
    fn map() -> Map {
        let corners = [(3.71, 51.04), (3.73, 51.04), (3.73, 51.06), (3.71, 51.06), (3.71, 51.04)];
        let edge = corners.map(|(lon, lat)| at(lon, lat)).to_vec();
        let way = Shape::Way(vec![at(3.712, 51.041), at(3.728, 51.041)]);
        let name = "Rue de l’Été";
        let street =
            Place { code: code(name), name: name.to_owned(), zone: None, shapes: vec![way] };
        let outline = vec![Land { edge, holes: Vec::new() }];
        Map { outline, places: vec![street], ..Map::default() }
    }

    #[test]
    fn a_place_is_a_code_a_name_or_a_point_and_only_the_code_stays() {
        let map = map();
        let zones = ["north".to_owned(), "south".to_owned()];
        let ground = Ground::of(&zones).with(Some(&map));
        let street = code("Rue de l’Été");
        for written in [street.as_str(), "rue de l’été", "51.0412, 3.72", "51,0412 3,72"] {
            assert_eq!(ground.place(written), Ok(street.as_str()), "{written}");
        }
        assert_eq!(ground.place("51.05, 3.9"), Err(Wrong::OutsideArea));
        assert_eq!(ground.place("51.055, 3.72"), Err(Wrong::NoPlaceNear));
        assert_eq!(ground.place("north"), Err(Wrong::NoSuchPlace), "there is a map");
        assert_eq!(ground.places(), [street.as_str()]);
        let bare = Ground::of(&zones);
        assert_eq!(bare.place("North"), Ok("north"));
        assert_eq!(bare.place("51.0412, 3.72"), Err(Wrong::NoSuchPlace), "there is no map");
        assert_eq!(bare.places(), ["north", "south"]);
    }
}
