use super::{
    convert::{convert, type_of},
    fields::{CustomField, custom_id, standard},
};
use crate::{
    host::{FieldError, HostError, IssueRef, Issues},
    types::Type,
    value::{Data, Zone},
};
use std::collections::BTreeMap;

/// Issues in memory: their fields, and which of them were written.
#[derive(Clone, Debug, Default)]
pub struct MemoryIssues {
    current: Option<String>,
    /// Where dates are read that have no zone.
    zone: Zone,
    issues: BTreeMap<String, Issue>,
    custom: Vec<CustomField>,
    /// In the order they were added; the last of a name counts (L-120).
    aliases: Vec<(String, String)>,
}

/// One issue. Fields are under the standard name or the id of the custom field.
#[derive(Clone, Debug, Default)]
struct Issue {
    fields: BTreeMap<String, Data>,
    /// In the order they were first written.
    changed: Vec<(String, Data)>,
}

/// What a name means (L-120).
struct Resolved {
    id: String,
    ty: Type,
    read_only: bool,
}

impl MemoryIssues {
    /// Sets the time zone of dates that come as texts without one; it should be the engine's.
    pub fn set_time_zone(&mut self, zone: Zone) {
        self.zone = zone;
    }

    /// Makes an issue the one the script runs for, or none.
    pub fn set_current(&mut self, key: Option<String>) {
        self.current = key;
    }

    /// Adds an issue without fields, if it is not there.
    pub fn add_issue(&mut self, key: &str) {
        self.issues.entry(key.to_owned()).or_default();
    }

    /// Sets a field of an issue without recording a change, read-only fields too. A name that no field has becomes a
    /// custom field of the value's type.
    ///
    /// # Errors
    /// The value does not convert to the field's type.
    pub fn put(&mut self, key: &str, name: &str, value: Data) -> Result<(), HostError> {
        let Resolved { id, ty, .. } = self.resolve_or_add(name, &value);
        let value = convert(&value, ty, &self.zone).map_err(|error| error.for_field(name))?;
        self.issues.entry(key.to_owned()).or_default().fields.insert(id, value);
        Ok(())
    }

    /// As [`Self::put`], but keeps a value that does not convert.
    pub(super) fn put_as_it_is(&mut self, key: &str, name: &str, value: Data) {
        let Resolved { id, ty, .. } = self.resolve_or_add(name, &value);
        let value = convert(&value, ty, &self.zone).unwrap_or(value);
        self.issues.entry(key.to_owned()).or_default().fields.insert(id, value);
    }

    /// Adds a custom field; of two with one name the first counts.
    pub fn add_custom_field(&mut self, field: CustomField) {
        self.custom.push(field);
    }

    /// Adds an alias of a custom field; of two with one name the last counts.
    pub fn add_alias(&mut self, alias: impl Into<String>, number: u32) {
        self.aliases.push((alias.into(), custom_id(number)));
    }

    /// The keys of all issues.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.issues.keys().map(String::as_str)
    }

    /// What the script wrote to the fields of an issue, in the order of the first write: the standard name or the id
    /// of the custom field, and the last value.
    pub fn changes(&self, key: &str) -> &[(String, Data)] {
        self.issues.get(key).map_or(&[], |issue| &issue.changed)
    }

    /// The value a field has now; nothing when the issue or the field is not there.
    pub fn field(&self, key: &str, name: &str) -> Option<Data> {
        self.read(key, name).ok()
    }

    /// Every name a script can use for a field, except names of custom fields that have no number.
    pub fn field_names(&self) -> Vec<String> {
        let custom = self.custom.iter().flat_map(|field| [field.id.clone(), field.name.clone()]);
        let aliases = self.aliases.iter().map(|(alias, _)| alias.clone());
        let mut names: Vec<String> =
            super::standard_field_names().map(str::to_owned).chain(custom).chain(aliases).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn read(&self, key: &str, name: &str) -> Result<Data, FieldError> {
        let issue = self.issues.get(key).ok_or(FieldError::NoIssue)?;
        let Resolved { id, ty, .. } = self.resolve(name).ok_or(FieldError::Unknown)?;
        if let Some(value) = issue.fields.get(&id) {
            return Ok(value.clone());
        }
        Ok(match id.as_str() {
            "key" => Data::Text(key.to_owned()),
            // The key of a project is the part of its issues' keys before the number.
            "project" => key.rsplit_once('-').map_or(Data::Null, |(project, _)| Data::Text(project.to_owned())),
            _ if ty.is_array() => Data::Array(Vec::new()),
            _ => Data::Null,
        })
    }

    fn resolve(&self, name: &str) -> Option<Resolved> {
        if let Some(field) = standard(name) {
            return Some(Resolved { id: field.name.to_owned(), ty: field.ty, read_only: field.read_only });
        }
        let alias = || {
            let (_, id) = self.aliases.iter().rev().find(|(alias, _)| alias == name)?;
            Some(self.custom_by_id(id).cloned().unwrap_or_else(|| CustomField::named(id, Type::DYNAMIC)))
        };
        let custom = self
            .custom_by_id(name)
            .cloned()
            .or_else(alias)
            .or_else(|| self.custom.iter().find(|field| field.name == name).cloned())?;
        Some(Resolved { id: custom.id, ty: custom.ty, read_only: false })
    }

    fn custom_by_id(&self, id: &str) -> Option<&CustomField> {
        self.custom.iter().find(|field| field.id == id)
    }

    fn resolve_or_add(&mut self, name: &str, value: &Data) -> Resolved {
        self.resolve(name).unwrap_or_else(|| {
            let field = CustomField::named(name, type_of(value));
            let resolved = Resolved { id: field.id.clone(), ty: field.ty, read_only: false };
            self.custom.push(field);
            resolved
        })
    }

    /// The key an issue reference means.
    fn key(&self, issue: IssueRef<'_>) -> Result<String, FieldError> {
        match issue {
            IssueRef::Current => self.current.clone().ok_or(FieldError::NoContext),
            IssueRef::Key(key) => Ok(key.to_owned()),
        }
    }
}

impl Issues for MemoryIssues {
    fn current(&self) -> Option<&str> {
        self.current.as_deref()
    }

    fn get_field(&mut self, issue: IssueRef<'_>, name: &str) -> Result<Data, FieldError> {
        self.read(&self.key(issue)?, name)
    }

    fn set_field(&mut self, issue: IssueRef<'_>, name: &str, value: Data) -> Result<(), FieldError> {
        let key = self.key(issue)?;
        let field = self.resolve(name);
        let issue = self.issues.get_mut(&key).ok_or(FieldError::NoIssue)?;
        let Resolved { id, ty, read_only } = field.ok_or(FieldError::Unknown)?;
        if read_only {
            return Err(FieldError::ReadOnly);
        }
        let value = convert(&value, ty, &self.zone).map_err(|error| FieldError::Other(error.for_field(name)))?;
        issue.fields.insert(id.clone(), value.clone());
        match issue.changed.iter_mut().find(|(changed, _)| *changed == id) {
            Some((_, last)) => *last = value,
            None => issue.changed.push((id, value)),
        }
        Ok(())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::super::MemoryHost;
    use super::*;
    use crate::host::Host;

    fn text(text: &str) -> Data {
        Data::Text(text.to_owned())
    }

    fn texts(texts: &[&str]) -> Data {
        Data::Array(texts.iter().map(|part| text(part)).collect())
    }

    fn host() -> MemoryHost {
        MemoryHost::new()
            .with_custom_field(10_024, "Budget Code", Type::STRING)
            .with_custom_field(10_025, "Cost", Type::NUMBER)
            .with_custom_field(10_026, "Cost", Type::STRING)
            .with_alias("money", 10_024)
            .with_alias("money", 10_025)
            .with_issue("HLD-7", [("summary", text("Lamp")), ("votes", text("3")), ("Team", texts(&["a"]))])
            .with_issue("OPS-1", [("created", Data::Null)])
            .with_current_issue("HLD-7")
    }

    #[test]
    fn names_synonyms_aliases_and_custom_fields() {
        let mut host = host();
        let issues = host.issues().unwrap();
        issues.set_field(IssueRef::Current, "money", text("7")).unwrap();
        issues.set_field(IssueRef::Current, "Budget Code", Data::Integer(5)).unwrap();
        issues.set_field(IssueRef::Current, "desc", text("long")).unwrap();
        let mut get = |name| issues.get_field(IssueRef::Current, name);
        assert_eq!(get("Cost"), Ok(Data::Number(7.0)));
        assert_eq!(get("customfield_10025"), Ok(Data::Number(7.0)));
        assert_eq!(get("customfield_10024"), Ok(text("5")));
        assert_eq!(get("description"), Ok(text("long")));
        assert_eq!(get("Team"), Ok(texts(&["a"])));
        assert_eq!(get("votes"), Ok(Data::Integer(3)));
        assert_eq!(get("Cost Center"), Err(FieldError::Unknown));
        assert_eq!(get("SUMMARY"), Err(FieldError::Unknown));
    }

    #[test]
    fn what_is_unset_and_what_is_derived() {
        let mut host = host();
        let issues = host.issues().unwrap();
        let mut get = |name| issues.get_field(IssueRef::Key("OPS-1"), name).unwrap();
        assert_eq!((get("labels"), get("assignee")), (Data::Array(Vec::new()), Data::Null));
        assert_eq!((get("key"), get("prj")), (text("OPS-1"), text("OPS")));
    }

    #[test]
    fn dates_and_intervals_are_read_in_the_zone() {
        let mut host = MemoryHost::new()
            .with_time_zone(Zone::named("+02:00").unwrap())
            .with_issue("A-1", [("created", "2024-01-01 02:00:00"), ("estimate", "1h 30m")])
            .with_current_issue("A-1");
        let issues = host.issues().unwrap();
        let mut get = |name| issues.get_field(IssueRef::Current, name).unwrap();
        let Data::Date(created) = get("created") else { panic!("a date") };
        assert_eq!(created.millis, 1_704_067_200_000);
        assert_eq!(get("est"), Data::Interval(5_400_000));
        issues.set_field(IssueRef::Current, "summary", Data::Date(created)).unwrap();
        assert_eq!(issues.get_field(IssueRef::Current, "summary"), Ok(text("2024-01-01 02:00:00")));
    }

    #[test]
    fn changes_are_recorded_by_canonical_name() {
        let mut host = host();
        let issues = host.issues().unwrap();
        issues.set_field(IssueRef::Key("OPS-1"), "comp", text("x|y")).unwrap();
        issues.set_field(IssueRef::Key("OPS-1"), "summary", text("one")).unwrap();
        issues.set_field(IssueRef::Key("OPS-1"), "components", text("z")).unwrap();
        let changes = host.recorded_issues().changes("OPS-1");
        assert_eq!(changes, [("components".to_owned(), texts(&["z"])), ("summary".to_owned(), text("one"))]);
        assert!(host.recorded_issues().changes("HLD-7").is_empty());
        assert_eq!(host.recorded_issues().field("HLD-7", "summary"), Some(text("Lamp")));
    }

    #[test]
    fn refusals() {
        let mut host = host();
        let issues = host.issues().unwrap();
        assert_eq!(issues.set_field(IssueRef::Current, "status", text("Done")), Err(FieldError::ReadOnly));
        assert_eq!(issues.set_field(IssueRef::Current, "nope", text("x")), Err(FieldError::Unknown));
        assert_eq!(issues.get_field(IssueRef::Key("ZZZ-1"), "summary"), Err(FieldError::NoIssue));
        let Err(FieldError::Other(error)) = issues.set_field(IssueRef::Current, "votes", text("many")) else {
            panic!("a word is no number");
        };
        assert_eq!(error.message(), "cannot convert `many` to integer for the field `votes`");
        let mut nowhere = MemoryHost::new();
        let issues = nowhere.issues().unwrap();
        assert_eq!(issues.get_field(IssueRef::Current, "summary"), Err(FieldError::NoContext));
    }
}
