//! Mail to people, over SMTP. Each gets a mail of their own, so that nobody learns who else is told.

use super::{
    address::Address,
    config::{self, Mail, Security},
    message::Message,
    outbox::Refusal,
};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message as Letter, Tokio1Executor,
    message::{MultiPart, header},
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use smartcenter_warehouse::{Error, Result};
use std::{fmt, time::Duration};

/// How long the server may take for each answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The way to people.
pub(super) struct Mailer {
    from: Address,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

impl Mailer {
    /// None where nobody is to be told by mail.
    pub fn new(settings: &Mail) -> Result<Option<Self>> {
        if settings.to.is_empty() {
            return Ok(None);
        }
        let (Some(server), Some(from)) = (&settings.server, &settings.from) else {
            return Err(Error::invalid("mail.to: set mail.server and mail.from"));
        };
        let password = config::secret(
            settings.password.as_ref(),
            settings.password_file.as_ref(),
            "mail.password_file",
        )?;
        let tls = || tls(settings, &server.name);
        let covered = match settings.security {
            Security::None => Tls::None,
            Security::Starttls => Tls::Required(tls()?),
            Security::Tls => Tls::Wrapper(tls()?),
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.name)
            .port(server.port)
            .tls(covered)
            .timeout(Some(PATIENCE));
        if let (Some(user), Some(password)) = (&settings.user, password) {
            transport = transport.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        Ok(Some(Self {
            from: from.clone(),
            transport: transport.build(),
        }))
    }

    /// Hands a message over to the server.
    pub async fn send(&self, to: &Address, message: &Message<'_>) -> std::result::Result<(), Refusal> {
        let domain = self.from.0.email.domain();
        let letter = Letter::builder()
            .from(self.from.0.clone())
            .to(to.0.clone())
            .date(message.at.into())
            .message_id(Some(format!("<{}@{domain}>", message.id)))
            .header(AutoSubmitted)
            .subject(message.subject())
            .multipart(MultiPart::alternative_plain_html(message.text(), message.html()))
            .map_err(|error| Refusal(error.to_string()))?;
        let taken = self.transport.send(letter).await;
        taken.map(drop).map_err(|error| Refusal(error.to_string()))
    }
}

fn tls(settings: &Mail, host: &str) -> Result<TlsParameters> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(path) = &settings.ca_file {
        let wrong = |why: String| Error::invalid(format!("mail.ca_file: {}: {why}", path.display()));
        let pem = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|e| wrong(e.to_string()))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters
        .build()
        .map_err(|error| Error::invalid(format!("mail: the connection cannot be covered: {error}")))
}

/// Says that no person wrote it, so that no absence notice answers it.
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
