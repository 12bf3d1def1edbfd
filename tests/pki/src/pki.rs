//! Recipes to values, issuers first.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;

use crate::bytes::Draw;
use crate::certificate::{self, Certificate};
use crate::cms::{self, Signer};
use crate::error::PkiError;
use crate::oddity;
use crate::pkcs12;
use crate::recipe::{CertificateRecipe, CertsOnlyRecipe, Pkcs12Recipe, Recipe, SignedRecipe};
use crate::time::Moment;

/// Name of the authority that issues what names no issuer.
const DEFAULT_ISSUER: &str = "default issuing ca";

/// The values of a set of recipes, by name, in the order of the recipes.
#[derive(Debug, Default)]
pub struct Pki {
    values: IndexMap<String, Vec<u8>>,
    certificates: IndexMap<String, Certificate>,
}

impl Pki {
    /// Makes the values of all recipes.
    ///
    /// # Errors
    /// Names the recipe that can't be carried out: an issuer that is not there, a circle, a wrong field.
    pub fn build(seed: u64, recipes: &IndexMap<String, Recipe>) -> Result<Self, PkiError> {
        let mut builder = Builder { seed, recipes, pki: Self::default(), under_way: Vec::new() };
        for name in recipes.keys() {
            builder.value(name)?;
        }
        let mut pki = builder.pki;
        pki.values.sort_by_key(|name, _| recipes.get_index_of(name));
        Ok(pki)
    }

    /// A value by the name of its recipe.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.values.get(name).map(Vec::as_slice)
    }

    /// All values, in the order of the recipes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// The values alone, in the order of the recipes.
    #[must_use]
    pub fn into_values(self) -> IndexMap<String, Vec<u8>> {
        self.values
    }

    /// The private key of a certificate as PKCS #8 DER.
    #[must_use]
    pub fn private_key(&self, name: &str) -> Option<Vec<u8>> {
        self.certificates.get(name)?.key.pkcs8()
    }

    /// The certificate of the authority that issued what names no issuer, if anything did.
    #[must_use]
    pub fn default_issuer(&self) -> Option<&[u8]> {
        self.certificates.get(DEFAULT_ISSUER).map(|certificate| certificate.value.as_slice())
    }
}

struct Builder<'a> {
    seed: u64,
    recipes: &'a IndexMap<String, Recipe>,
    pki: Pki,
    under_way: Vec<String>,
}

impl Builder<'_> {
    /// Makes the value of a recipe, and first the ones it needs.
    fn value(&mut self, name: &str) -> Result<(), PkiError> {
        if self.pki.values.contains_key(name) {
            return Ok(());
        }
        let recipes = self.recipes;
        let fail = |message: String| PkiError { name: name.to_owned(), message };
        let recipe = recipes.get(name).ok_or_else(|| fail("there is no such recipe".to_owned()))?;
        if self.under_way.iter().any(|other| other == name) {
            return Err(fail(format!(
                "needs itself: {}",
                [&self.under_way[..], &[name.to_owned()]].concat().join(" → ")
            )));
        }
        self.under_way.push(name.to_owned());
        for other in needed(recipe) {
            self.value(other).map_err(|error| self.needed_by(name, other, error))?;
        }
        let value = self.make(name, recipe).map_err(fail)?;
        self.under_way.pop();
        self.pki.values.insert(name.to_owned(), value);
        Ok(())
    }

    /// A recipe that is missing is the mistake of the one that names it.
    fn needed_by(&self, name: &str, other: &str, error: PkiError) -> PkiError {
        if self.recipes.contains_key(other) {
            return error;
        }
        PkiError { name: name.to_owned(), message: format!("there is no recipe `{other}`") }
    }

    fn make(&mut self, name: &str, recipe: &Recipe) -> Result<Vec<u8>, String> {
        match recipe {
            Recipe::Certificate(recipe) => self.certificate(name, recipe),
            Recipe::CertsOnly(recipe) => self.certs_only(recipe),
            Recipe::Signed(recipe) => self.signed(recipe),
            Recipe::Pkcs12(recipe) => self.pkcs12(name, recipe),
            Recipe::Random(recipe) => Ok(self.draw(name).bytes("random", recipe.size)),
            Recipe::Base64Text(recipe) => Ok(STANDARD.encode(self.octets(&recipe.of)?).into_bytes()),
            Recipe::PemText(recipe) => Ok(pem(self.octets(&recipe.of)?).into_bytes()),
        }
    }

    fn draw<'n>(&self, name: &'n str) -> Draw<'n> {
        Draw { seed: self.seed, name }
    }

    fn certificate(&mut self, name: &str, recipe: &CertificateRecipe) -> Result<Vec<u8>, String> {
        let draw = self.draw(name);
        let made = match recipe.issuer.as_deref() {
            Some("self") => certificate::make(recipe, draw, None)?,
            Some(issuer) => certificate::make(recipe, draw, Some(self.certificate_of(issuer)?))?,
            None => {
                self.ensure_default_issuer()?;
                certificate::make(recipe, draw, Some(self.certificate_of(DEFAULT_ISSUER)?))?
            }
        };
        let value = made.value.clone();
        self.pki.certificates.insert(name.to_owned(), made);
        Ok(value)
    }

    fn ensure_default_issuer(&mut self) -> Result<(), String> {
        if !self.pki.certificates.contains_key(DEFAULT_ISSUER) {
            let recipe = CertificateRecipe {
                ca: true,
                subject: Some("CN=Test Bench Issuing CA,O=Test Bench".to_owned()),
                ..CertificateRecipe::default()
            };
            let made = certificate::make(&recipe, self.draw(DEFAULT_ISSUER), None)?;
            self.pki.certificates.insert(DEFAULT_ISSUER.to_owned(), made);
        }
        Ok(())
    }

    fn certs_only(&self, recipe: &CertsOnlyRecipe) -> Result<Vec<u8>, String> {
        Ok(shaped(cms::certs_only(&self.ders(&recipe.certs)?), recipe.indefinite))
    }

    fn signed(&self, recipe: &SignedRecipe) -> Result<Vec<u8>, String> {
        let signer = self.certificate_of(&recipe.signer)?;
        let encrypt_to = recipe.encrypt_to.as_deref().map(|name| self.certificate_of(name)).transpose()?;
        let names =
            if recipe.certs.is_empty() { std::slice::from_ref(&recipe.signer) } else { &recipe.certs };
        let signed_at = recipe.signed_at.unwrap_or(Moment::year(2026));
        let signer = Signer { certificate: signer, encrypt_to, capabilities: recipe.capabilities, signed_at };
        Ok(shaped(cms::signed(&self.ders(names)?, &signer)?, recipe.indefinite))
    }

    fn pkcs12(&self, name: &str, recipe: &Pkcs12Recipe) -> Result<Vec<u8>, String> {
        let own = self.certificate_of(&recipe.of)?;
        let certificates = [vec![own.der.as_slice()], self.ders(&recipe.certs)?].concat();
        pkcs12::pfx(&own.key, &certificates, &recipe.password, self.draw(name))
    }

    fn certificate_of(&self, name: &str) -> Result<&Certificate, String> {
        self.pki.certificates.get(name).ok_or_else(|| format!("`{name}` is not a certificate"))
    }

    fn ders(&self, names: &[String]) -> Result<Vec<&[u8]>, String> {
        names
            .iter()
            .map(|name| self.certificate_of(name).map(|certificate| certificate.der.as_slice()))
            .collect()
    }

    fn octets(&self, name: &str) -> Result<&[u8], String> {
        self.pki.get(name).ok_or_else(|| format!("there is no recipe `{name}`"))
    }
}

/// The recipes that have to be made before.
fn needed(recipe: &Recipe) -> Vec<&str> {
    match recipe {
        Recipe::Certificate(recipe) => {
            recipe.issuer.as_deref().filter(|name| *name != "self").into_iter().collect()
        }
        Recipe::CertsOnly(recipe) => recipe.certs.iter().map(String::as_str).collect(),
        Recipe::Signed(recipe) => {
            let others = recipe.certs.iter().chain(&recipe.encrypt_to).map(String::as_str);
            [recipe.signer.as_str()].into_iter().chain(others).collect()
        }
        Recipe::Pkcs12(recipe) => recipe.certs.iter().chain([&recipe.of]).map(String::as_str).collect(),
        Recipe::Random(_) => Vec::new(),
        Recipe::Base64Text(recipe) | Recipe::PemText(recipe) => vec![recipe.of.as_str()],
    }
}

fn shaped(der: Vec<u8>, indefinite: bool) -> Vec<u8> {
    if indefinite { oddity::indefinite(&der) } else { der }
}

/// RFC 7468, with the line ends of Windows tools, which is where such text comes from.
fn pem(der: &[u8]) -> String {
    let body: String = STANDARD
        .encode(der)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line) + "\r\n")
        .collect();
    format!("-----BEGIN CERTIFICATE-----\r\n{body}-----END CERTIFICATE-----\r\n")
}
