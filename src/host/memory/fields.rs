//! The fields that issues have: the standard variables (L-124) and custom fields.

use crate::types::Type;

/// A standard variable of an issue.
#[derive(Debug)]
pub(super) struct StandardField {
    pub(super) name: &'static str,
    synonyms: &'static [&'static str],
    pub(super) ty: Type,
    pub(super) read_only: bool,
}

const fn field(name: &'static str, ty: Type, synonyms: &'static [&'static str]) -> StandardField {
    StandardField { name, synonyms, ty, read_only: false }
}

const fn fixed(name: &'static str, ty: Type, synonyms: &'static [&'static str]) -> StandardField {
    StandardField { name, synonyms, ty, read_only: true }
}

const STANDARD: &[StandardField] = &[
    field("affectedVersions", Type::STRINGS, &["affectedVersion", "affectedVers", "affectedVer", "affVers", "affVer"]),
    field("assignee", Type::STRING, &[]),
    fixed("attachments", Type::STRINGS, &["attach"]),
    field("components", Type::STRINGS, &["component", "comps", "comp"]),
    fixed("created", Type::DATE, &[]),
    field("description", Type::STRING, &["desc"]),
    field("dueDate", Type::DATE, &["due"]),
    field("estimate", Type::INTERVAL, &["est", "remaining"]),
    field("environment", Type::STRING, &["env"]),
    field("fixVersions", Type::STRINGS, &["fixVersion", "fixVers", "fixVer"]),
    fixed("id", Type::INTEGER, &[]),
    fixed("issueCreator", Type::STRING, &[]),
    fixed("issueType", Type::STRING, &["type"]),
    fixed("issueTypeId", Type::STRING, &[]),
    fixed("key", Type::STRING, &[]),
    field("labels", Type::STRINGS, &[]),
    field("originalEstimate", Type::INTERVAL, &["origEstimate", "origEst"]),
    field("parent", Type::STRING, &[]),
    field("parentId", Type::INTEGER, &[]),
    field("priority", Type::STRING, &["prio"]),
    field("priorityId", Type::STRING, &[]),
    fixed("project", Type::STRING, &["prj"]),
    fixed("projectId", Type::INTEGER, &[]),
    field("reporter", Type::STRING, &[]),
    field("resolution", Type::STRING, &["res", "resol"]),
    field("resolutionId", Type::STRING, &["resId", "resolId"]),
    fixed("resolutionDate", Type::DATE, &[]),
    field("securityLevel", Type::STRING, &["security"]),
    field("securityLevelId", Type::INTEGER, &["securityId"]),
    fixed("status", Type::STRING, &[]),
    fixed("statusId", Type::STRING, &[]),
    field("summary", Type::STRING, &[]),
    field("timeSpent", Type::INTERVAL, &["spent"]),
    fixed("updated", Type::DATE, &[]),
    field("votes", Type::INTEGER, &[]),
    field("watchers", Type::STRINGS, &[]),
    field("workflow", Type::STRING, &["wrkflw", "wf"]),
    field("workflowId", Type::INTEGER, &[]),
];

/// The standard variable of a name or synonym. Names are case-sensitive (L-4).
pub(super) fn standard(name: &str) -> Option<&'static StandardField> {
    STANDARD.iter().find(|field| field.name == name || field.synonyms.contains(&name))
}

/// Names and synonyms of all standard variables, for a checker that should know the fields.
pub fn standard_field_names() -> impl Iterator<Item = &'static str> {
    STANDARD.iter().flat_map(|field| std::iter::once(field.name).chain(field.synonyms.iter().copied()))
}

/// A custom field: its id, its name and its type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CustomField {
    /// `customfield_10024`; a field that was only ever seen by its name has that name here.
    pub id: String,
    /// The name it is shown with.
    pub name: String,
    /// The type of its values; dynamic takes any.
    pub ty: Type,
}

impl CustomField {
    /// A field with a number.
    pub fn numbered(number: u32, name: impl Into<String>, ty: Type) -> Self {
        Self { id: custom_id(number), name: name.into(), ty }
    }

    /// A field that was met under a name only.
    pub(super) fn named(name: &str, ty: Type) -> Self {
        Self { id: name.to_owned(), name: name.to_owned(), ty }
    }
}

/// `customfield_N`.
pub(super) fn custom_id(number: u32) -> String {
    format!("customfield_{number}")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_fields() {
        let mut names: Vec<_> = standard_field_names().collect();
        let before = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), before);
    }

    #[test]
    fn synonyms_lead_to_the_field() {
        assert_eq!(standard("affVer").unwrap().name, "affectedVersions");
        assert!(standard("type").unwrap().read_only);
        assert!(standard("Summary").is_none());
    }
}
