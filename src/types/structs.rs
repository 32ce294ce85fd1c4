use super::Type;
use foldhash::HashMap;
use std::sync::{Arc, LazyLock};

/// Which structure of a [`StructTable`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct StructId(pub u32);

/// Who declared a structure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// One of `language.md` section 14.
    Predefined,
    /// Registered by the embedder.
    Host,
    /// Declared in the script.
    Script,
}

/// One field of a structure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldDef {
    /// Name as declared.
    pub name: Box<str>,
    /// Declared type.
    pub ty: Type,
}

/// A structure: its name and its fields in order (the order matters for conversions, L-44).
#[derive(Clone, Debug)]
pub struct StructDef {
    name: Box<str>,
    fields: Vec<FieldDef>,
    synonyms: Vec<(Box<str>, usize)>,
    origin: Origin,
}

impl StructDef {
    /// A structure without fields.
    pub fn new(name: &str, origin: Origin) -> Self {
        Self { name: name.into(), fields: Vec::new(), synonyms: Vec::new(), origin }
    }

    /// Adds a field at the end; a name that is already there is not added and gives `false`.
    pub fn push(&mut self, name: &str, ty: Type) -> bool {
        if self.field(name).is_some() {
            return false;
        }
        self.fields.push(FieldDef { name: name.into(), ty });
        true
    }

    /// Adds a field and returns the structure.
    pub fn with(mut self, name: &str, ty: Type) -> Self {
        self.push(name, ty);
        self
    }

    /// Lets an existing field be reached by another name too.
    pub fn with_synonym(mut self, other: &str, field: &str) -> Self {
        if let Some(index) = self.field(field) {
            self.synonyms.push((other.into(), index));
        }
        self
    }

    /// Name as declared.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Fields in order.
    pub fn fields(&self) -> &[FieldDef] {
        &self.fields
    }

    /// Who declared it.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Position of a field by name or synonym.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields
            .iter()
            .position(|field| *field.name == *name)
            .or_else(|| self.synonyms.iter().find(|(other, _)| **other == *name).map(|&(_, index)| index))
    }
}

/// All structures of one program: the predefined ones first, then those of the embedder, then the script's.
///
/// Copies share what was there when [`StructTable::freeze`] was called last: a program that declares nothing copies
/// nothing.
#[derive(Clone, Debug)]
pub struct StructTable {
    /// Common to all copies.
    base: Arc<Layer>,
    /// What was added since.
    own: Layer,
}

/// Structures that follow each other, and the names they are found by.
#[derive(Clone, Debug, Default)]
struct Layer {
    defs: Vec<StructDef>,
    by_name: HashMap<Box<str>, StructId>,
}

impl Default for StructTable {
    fn default() -> Self {
        Self::new()
    }
}

impl StructTable {
    /// A table with the predefined structures.
    pub fn new() -> Self {
        static PREDEFINED: LazyLock<Arc<Layer>> = LazyLock::new(|| {
            let mut table = StructTable { base: Arc::default(), own: Layer::default() };
            predefined::add_all(&mut table);
            Arc::new(table.own)
        });
        Self { base: Arc::clone(&PREDEFINED), own: Layer::default() }
    }

    /// Makes everything that is in it common to all copies that are made from now on.
    pub fn freeze(&mut self) {
        if self.own.defs.is_empty() && self.own.by_name.is_empty() {
            return;
        }
        let base = Arc::make_mut(&mut self.base);
        base.defs.append(&mut self.own.defs);
        base.by_name.extend(self.own.by_name.drain());
    }

    /// Adds a structure. One of the same name is hidden from now on, but keeps its id and its values (L-100).
    pub fn add(&mut self, def: StructDef) -> StructId {
        let count = self.base.defs.len().saturating_add(self.own.defs.len());
        let id = StructId(u32::try_from(count).unwrap_or(u32::MAX));
        self.own.by_name.insert(def.name.clone(), id);
        self.own.defs.push(def);
        id
    }

    /// Replaces the fields of a structure that was added before its field types were known, since the table was frozen
    /// last.
    pub fn set_fields(&mut self, id: StructId, fields: Vec<FieldDef>) {
        if let Some(def) = self.own_mut(id) {
            def.fields = fields;
        }
    }

    /// A structure that is not shared.
    fn own_mut(&mut self, id: StructId) -> Option<&mut StructDef> {
        let place = (id.0 as usize).checked_sub(self.base.defs.len())?;
        self.own.defs.get_mut(place)
    }

    /// Another name for a structure (`IncomingMail`).
    pub fn alias(&mut self, name: &str, id: StructId) {
        self.own.by_name.insert(name.into(), id);
    }

    /// The structure of an id.
    pub fn get(&self, id: StructId) -> Option<&StructDef> {
        let place = id.0 as usize;
        match place.checked_sub(self.base.defs.len()) {
            Some(own) => self.own.defs.get(own),
            None => self.base.defs.get(place),
        }
    }

    /// The structure a name stands for.
    pub fn find(&self, name: &str) -> Option<StructId> {
        self.own.by_name.get(name).or_else(|| self.base.by_name.get(name)).copied()
    }

    /// The fields of a structure; none for an id of another table.
    pub fn fields(&self, id: StructId) -> &[FieldDef] {
        self.get(id).map_or(&[], |def| &def.fields)
    }

    /// All structures with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (StructId, &StructDef)> {
        self.base.defs.iter().chain(&self.own.defs).zip(0..).map(|(def, id)| (StructId(id), def))
    }
}

/// The predefined structures that need no Jira administration (language.md section 14).
pub mod predefined {
    use super::{Origin, StructDef, StructId, StructTable, Type};

    macro_rules! predefined {
        ($($id:ident = $index:literal $name:literal { $($field:literal $ty:literal),* $(,)? } $(as $synonym:literal for $target:literal)?;)*) => {
            $(
                #[doc = concat!("`", $name, "`")]
                pub const $id: StructId = StructId($index);
            )*

            pub(super) fn add_all(table: &mut StructTable) {
                // Names first, so that a field may have the type of a structure further down.
                $( table.add(StructDef::new($name, Origin::Predefined)); )*
                table.alias("IncomingMail", INCOMING_EMAIL);
                $(
                    let mut def = StructDef::new($name, Origin::Predefined);
                    $( def.push($field, Type::parse($ty, table).unwrap_or(Type::DYNAMIC)); )*
                    $( def = def.with_synonym($synonym, $target); )?
                    if let Some(slot) = table.own_mut($id) {
                        *slot = def;
                    }
                )*
            }

            #[cfg(test)]
            #[test]
            fn every_type_is_known() {
                let table = StructTable::new();
                $( assert_eq!(table.find($name), Some($id)); )*
                $( $( assert!(Type::parse($ty, &table).is_some(), "{} {}", $name, $field); )* )*
            }
        };
    }

    predefined! {
        HTTP_REQUEST = 0 "HttpRequest" { "headers" "HttpHeader[]", "cookies" "HttpCookie[]", "parameters" "HttpQueryParam[]" };
        HTTP_HEADER = 1 "HttpHeader" { "key" "string", "value" "string" };
        HTTP_COOKIE = 2 "HttpCookie" { "name" "string", "value" "string" };
        HTTP_QUERY_PARAM = 3 "HttpQueryParam" { "name" "string", "value" "string" };
        HTTP_PROXY = 4 "HttpProxy" { "host" "string", "port" "number" };
        HTTP_RESPONSE_INFO = 5 "HttpResponseInfo" { "class" "string", "statusCode" "integer", "errorMessage" "string", "reasonPhrase" "string" };
        WEBHOOK_PAYLOAD = 6 "WebhookPayload" { "queryParams" "WebhookParam[]", "httpMethod" "string", "payload" "string" };
        WEBHOOK_PARAM = 7 "WebhookParam" { "name" "string", "values" "string[]" };
        KP_OPTION = 8 "KPOption" { "label" "string", "value" "string" };
        INCOMING_EMAIL = 9 "IncomingEmail" {
            "subject" "string", "body" "string", "htmlBody" "string", "to" "string[]", "cc" "string[]", "from" "string[]",
            "replyTo" "string[]", "headers" "IncomingEmailHeader[]", "attachments" "IncomingEmailAttachment[]",
            "contentType" "string", "sentAt" "date", "receivedAt" "date", "size" "integer", "embeddedMessages" "IncomingEmail[]",
        };
        INCOMING_EMAIL_HEADER = 10 "IncomingEmailHeader" { "name" "string", "value" "string" };
        INCOMING_EMAIL_ATTACHMENT = 11 "IncomingEmailAttachment" { "fileName" "string", "contentType" "string", "size" "integer", "content" "byte[]" };
        J_EMAIL_MESSAGE = 12 "JEmailMessage" {
            "to" "string[]", "cc" "string[]", "bcc" "string[]", "subject" "string", "message" "string", "from" "string",
            "attachments" "JEmailAttachment[]",
        };
        J_EMAIL_ATTACHMENT = 13 "JEmailAttachment" { "file" "string", "name" "string", "mimeType" "string" };
        J_LDAP_USER = 14 "JLdapUserStruct" { "DN" "string", "attributes" "JLdapUserAttribute[]" };
        J_LDAP_USER_ATTRIBUTE = 15 "JLdapUserAttribute" { "name" "string", "value" "string[]" };
        J_USER = 16 "JUser" { "key" "string", "username" "string", "displayname" "string", "email" "string", "active" "boolean", "timezone" "string" };
        J_COMMENT = 17 "JComment" {
            "id" "string", "text" "string", "author" "string", "created" "date", "updatedBy" "string", "updated" "date",
            "securityLevel" "string",
        };
        J_FIELD_CHANGE = 18 "JFieldChange" {
            "user" "string", "changeDate" "date", "field" "string", "oldVal" "string", "newVal" "string",
            "oldValString" "string", "newValString" "string",
        } as "date" for "changeDate";
        J_ATTACHMENT = 19 "JAttachment" {
            "id" "integer", "author" "string", "created" "date", "content" "string", "filename" "string", "mimeType" "string",
            "thumbnail" "string", "size" "integer",
        };
        J_FIELD_VALUE = 20 "JFieldValue" { "fieldName" "string", "values" "string[]" };
        J_ISSUE_LINK = 21 "JIssueLink" { "id" "number", "name" "string", "direction" "number", "description" "string", "issue" "string" };
        J_REMOTE_ISSUE_LINK = 22 "JRemoteIssueLink" {
            "id" "integer", "globalId" "string", "appName" "string", "relationship" "string", "iconTitle" "string",
            "iconUrl" "string", "summary" "string", "title" "string", "url" "string", "statusResolved" "string",
            "statusIconTitle" "string", "statusIconUrl" "string", "statusIconLink" "string",
        };
        J_WORKLOG = 23 "JWorklog" { "id" "number", "author" "string", "startDate" "date", "timeSpent" "interval", "comment" "string", "issue" "string" };
        J_TEAM = 24 "JTeam" { "id" "string", "name" "string", "isVisible" "boolean", "title" "string", "isShared" "boolean" };
        J_PD_INTERVAL = 25 "JPDInterval" { "start" "date", "end" "date" };
    }
}
