/// A query parameter: its name and all its values in order of appearance (WH-10).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct WebhookParam {
    /// The name, case-sensitive (WH-11).
    pub name: String,
    /// The values.
    pub values: Vec<String>,
}

/// A request as a script sees it (WH-1 to WH-6).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct WebhookRequest {
    /// The method in upper case (WH-4).
    pub method: String,
    /// Query parameters, one entry per distinct name (WH-10).
    pub params: Vec<WebhookParam>,
    /// The content, byte for byte; `None` when there is none (WH-5, WH-6).
    pub content: Option<String>,
}

/// Room for the parameters of most requests.
const PARAMS: usize = 8;

impl Default for WebhookRequest {
    /// A GET without query or content (WH-15).
    fn default() -> Self {
        Self::new("GET")
    }
}

impl WebhookRequest {
    /// A request without query or content.
    pub fn new(method: impl Into<String>) -> Self {
        Self { method: method.into(), params: Vec::new(), content: None }
    }

    /// Adds a value to the parameter of a name, at the place where the name first appeared.
    #[must_use]
    pub fn param(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.add_param(name.into(), value.into());
        self
    }

    /// Adds a value to the parameter of a name, at the place where the name first appeared.
    pub fn add_param(&mut self, name: String, value: String) {
        match self.params.iter_mut().find(|param| param.name == name) {
            Some(param) => param.values.push(value),
            None => {
                if self.params.capacity() == 0 {
                    self.params.reserve(PARAMS);
                }
                self.params.push(WebhookParam { name, values: vec![value] });
            }
        }
    }

    /// Sets the content; an empty text counts as none (WH-6).
    #[must_use]
    pub fn content(mut self, content: impl Into<String>) -> Self {
        let content = content.into();
        self.content = (!content.is_empty()).then_some(content);
        self
    }
}
