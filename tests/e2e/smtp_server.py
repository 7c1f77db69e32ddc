"""smtp_server.py FOLDER: a mail server on a free port, until standard input ends.

It takes mail only under STARTTLS and from the account `hub` with the password `sandi-uji`. Prints its port and the file of
its authority's certificate, then every letter it took as a line of JSON. The first letter of all is put off with 451.
"""

import datetime
import email
import email.policy
import json
import pathlib
import socket
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def certificates(folder):
    """An authority of the site, and a certificate for `localhost` from it."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def made(name, own, issuer, signer, extensions):
        builder = (x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(own.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
                   .not_valid_after(now + datetime.timedelta(days=30)))
        for extension, is_critical in extensions:
            builder = builder.add_extension(extension, is_critical)
        return builder.sign(signer, hashes.SHA256())

    named = lambda text: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = made(named("Otoritas Uji"), root_key, named("Otoritas Uji"), root_key, [(x509.BasicConstraints(ca=True, path_length=0), True)])
    own = made(named("localhost"), key, root.subject, root_key,
               [(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False), (x509.BasicConstraints(ca=False, path_length=None), True)])
    pem = serialization.Encoding.PEM
    (folder / "authority.pem").write_bytes(root.public_bytes(pem))
    (folder / "server.pem").write_bytes(own.public_bytes(pem) + key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


class Letters:
    """Takes letters and says what is in them."""

    first = True

    async def handle_DATA(self, server, session, envelope):
        if self.first:
            self.first = False
            return "451 4.3.0 come back later"
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        said = {
            "to": envelope.rcpt_tos, "from": letter["From"], "subject": letter["Subject"], "id": letter["Message-ID"],
            "automatic": letter["Auto-Submitted"], "covered": session.ssl is not None,
            "text": letter.get_body(("plain",)).get_content(), "html": letter.get_body(("html",)).get_content(),
        }
        print(json.dumps(said), flush=True)
        return "250 2.0.0 taken"


def account(server, session, envelope, mechanism, data):
    is_known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"hub", b"sandi-uji")
    return AuthResult(success=is_known, handled=is_known)


def main(folder):
    folder = pathlib.Path(folder)
    certificates(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    # Port 0 cannot be asked for: the controller connects to itself by the number that it was given.
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Letters(), hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True,
                            authenticator=account, auth_required=True)
    controller.start()
    print(json.dumps({"port": port, "authority": str(folder / "authority.pem")}), flush=True)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main(sys.argv[1])
