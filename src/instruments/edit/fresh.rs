//! A draft that begins with nothing but a name.

use super::words::{kept, listed, quoted};
use super::{Edit, Path, Refusal, Sort, all_at_once};
use crate::domain::instrument::{Help, Sheet};
use crate::domain::text::Lang;

/// The text of a new instrument: a title in one language and one section without questions. What
/// walks and maps repeat is there from the start.
///
/// # Errors
/// When the title has characters that nobody can see.
pub fn fresh(
    slug: &str,
    sheet: Sheet,
    lang: Lang,
    title: &str,
    help: &[Help],
) -> Result<String, Refusal> {
    let title = quoted(&kept(title)?)?;
    let langs = listed(&[lang.tag().to_owned()])?;
    let empty = format!(
        "# Say here for whom this is and what it must not be used for.\n\nslug = {}\n\
         kind = \"\"\npolicy = \"\"\nminutes = 2\nsensitivity = \"low\"\nlanguages = {langs}\n\
         help = []\ntitle = {{ {lang} = {title} }}\nintro = {{}}\noutro = {{}}\n\n\
         [[section]]\nid = \"s1\"\ntitle = {{}}\n",
        quoted(slug)?,
    );
    let mut edits = vec![Edit::Sheet(sheet), Edit::Help(help.to_vec())];
    if matches!(sheet, Sheet::WalkSheet | Sheet::MapSheet) {
        let to = Path::default().key("section").place(0);
        edits.push(Edit::AddQuestion { to, place: 0, sort: Sort::Group });
    }
    let begun = all_at_once(&empty, &[], &edits);
    begun
        .map(|begun| begun.text)
        .map_err(|why| why.into_iter().next().map_or(Refusal::Gone, |w| w.1))
}
