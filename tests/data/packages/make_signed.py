#!/usr/bin/env python3
"""Makes the signed programs of this folder, with a certificate authority that is
thrown away afterwards.  Needs openssl, osslsigncode and mingw's i686 and x86_64 gcc.

    make_signed.py FOLDER
"""

import base64
import http.server
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

CA_CONF = """
[ca]
default_ca = this
[this]
dir = .
database = index
serial = serial
new_certs_dir = .
default_md = sha1
policy = any
unique_subject = no
[any]
commonName = supplied
[root]
subjectKeyIdentifier = hash
[inner]
basicConstraints = critical,CA:TRUE
[code]
extendedKeyUsage = codeSigning
[mail]
extendedKeyUsage = emailProtection
[stamp]
extendedKeyUsage = critical,timeStamping
[req]
distinguished_name = name
[name]
"""


def run(*words, cwd, data=None):
    return subprocess.run(words, cwd=cwd, input=data, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


# ---- DER

def der(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def oid(text):
    numbers = [int(n) for n in text.split(".")]
    out = bytes([numbers[0] * 40 + numbers[1]])
    for n in numbers[2:]:
        piece = [n & 0x7F]
        while n > 0x7F:
            n >>= 7
            piece.append(0x80 | n & 0x7F)
        out += bytes(reversed(piece))
    return der(6, out)


def element(data, at=0):
    """Where the content of the element begins, and where the element ends."""
    size = data[at + 1]
    begin = at + 2
    if size & 0x80:
        begin += size & 0x7F
        size = int.from_bytes(data[at + 2:begin], "big")
    return begin, begin + size


SHA1 = der(0x30, oid("1.3.14.3.2.26"), b"\x05\0")
RSA = der(0x30, oid("1.2.840.113549.1.1.1"), b"\x05\0")
DATA = oid("1.2.840.113549.1.7.1")


class Authority:
    def __init__(self, here):
        self.here = here
        (here / "conf").write_text(CA_CONF)
        (here / "index").write_text("")
        (here / "serial").write_text("1000\n")

    def issue(self, name, subject, by, extensions, years):
        """A certificate from the first to the last of the years, signed by `by`."""
        run("openssl", "genrsa", "-out", f"{name}.key", "1024", cwd=self.here)
        run("openssl", "req", "-new", "-key", f"{name}.key", "-config", "conf",
            "-subj", f"/CN={subject}", "-out", f"{name}.csr", cwd=self.here)
        own = ["-selfsign", "-keyfile", f"{name}.key"] if by is None else \
            ["-cert", f"{by}.pem", "-keyfile", f"{by}.key"]
        run("openssl", "ca", "-batch", "-config", "conf", *own, "-in", f"{name}.csr",
            "-extensions", extensions, "-notext", "-out", f"{name}.pem",
            "-startdate", f"{years[0]}0101000000Z", "-enddate",
            f"{years[1]}1231235959Z", cwd=self.here)
        run("openssl", "x509", "-in", f"{name}.pem", "-outform", "DER",
            "-out", f"{name}.der", cwd=self.here)

    def bundle(self, *names):
        path = self.here / ("+".join(names) + ".bundle")
        path.write_text("".join((self.here / f"{n}.pem").read_text() for n in names))
        return path

    def countersign(self, signature, stamp, moment):
        """A PKCS #7 whose one signer has signed `signature`, at that moment."""
        digest = run("openssl", "dgst", "-sha1", "-binary", cwd=self.here,
                     data=signature)
        attributes = sorted([
            der(0x30, oid("1.2.840.113549.1.9.3"), der(0x31, DATA)),
            der(0x30, oid("1.2.840.113549.1.9.4"), der(0x31, der(4, digest))),
            der(0x30, oid("1.2.840.113549.1.9.5"),
                der(0x31, der(0x17, moment.encode())))])
        signed = run("openssl", "dgst", "-sha1", "-sign", f"{stamp}.key",
                     cwd=self.here, data=der(0x31, *attributes))
        certificate = (self.here / f"{stamp}.der").read_bytes()
        begin = element(certificate, element(certificate)[0])[0]
        fields = []
        while len(fields) < 4:       # version, serial, algorithm, issuer
            end = element(certificate, begin)[1]
            fields.append(certificate[begin:end])
            begin = end
        signer = der(0x30, b"\x02\x01\x01", der(0x30, fields[3], fields[1]), SHA1,
                     der(0xA0, *attributes), RSA, der(4, signed))
        chain = b"".join((self.here / f"{n}.der").read_bytes()
                         for n in (stamp, "inner"))
        return der(0x30, oid("1.2.840.113549.1.7.2"), der(0xA0, der(
            0x30, b"\x02\x01\x01", der(0x31, SHA1), der(0x30, DATA), der(0xA0, chain),
            der(0x31, signer))))


class Stamper:
    """Answers Authenticode's time stamp requests on the loopback address."""

    def __init__(self, authority, stamp, moment):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                asked = base64.b64decode(
                    self.rfile.read(int(self.headers["Content-Length"])))
                at = asked.rindex(b"\x04\x81\x80")   # an RSA signature of 1024 bits
                answer = base64.b64encode(authority.countersign(
                    asked[at + 3:at + 3 + 128], stamp, moment))
                self.send_response(200)
                self.send_header("Content-Type", "application/octet-stream")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *words):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.url

    def __exit__(self, *ignored):
        self.server.shutdown()


def programs(here):
    source = here / "nothing.c"
    source.write_text("int nothing(void) { return 0; }\n")
    for machine, entry, name in (("i686", "_nothing", "x86.exe"),
                                 ("x86_64", "nothing", "x64.exe")):
        run(f"{machine}-w64-mingw32-gcc", "-nostdlib", "-s", "-Wl,--entry=" + entry,
            "-o", name, "nothing.c", cwd=here)


def main():
    out = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        a = Authority(here)
        programs(here)
        a.issue("root", "A Root Like That of 1997", None, "root", (1997, 2020))
        a.issue("inner", "A Code Signing PCA", "root", "inner", (2006, 2012))
        a.issue("code", "Microsoft Corporation", "inner", "code", (2008, 2009))
        a.issue("acme", "Acme", "inner", "code", (2008, 2009))
        a.issue("mail", "Microsoft Corporation", "inner", "mail", (2008, 2009))
        a.issue("stamp", "A Timestamping Service", "inner", "stamp", (2008, 2012))
        a.issue("nostamp", "A Timestamping Service", "inner", "mail", (2008, 2012))
        whole = a.bundle("inner", "root")
        in_time, late = "081022120000Z", "110601120000Z"

        def sign(name, program, key, chain, *more):
            bundle = here / "chain.pem"
            bundle.write_text((here / f"{key}.pem").read_text() + chain.read_text())
            target = out / name
            target.unlink(missing_ok=True)
            run("osslsigncode", "sign", "-certs", str(bundle), "-key", f"{key}.key",
                *more, "-in", program, "-out", str(target), cwd=here)

        def stamped(name, key, chain, stamp="stamp", moment=in_time):
            with Stamper(a, stamp, moment) as url:
                sign(name, "x86.exe", key, chain, "-h", "sha1", "-t", url)

        stamped("good.exe", "code", whole)
        stamped("no-root.exe", "code", a.bundle("inner"))
        stamped("other-signer.exe", "acme", whole)
        stamped("other-use.exe", "mail", whole)
        stamped("late-stamp.exe", "code", whole, moment=late)
        stamped("other-stamp.exe", "code", whole, stamp="nostamp")
        sign("no-stamp.exe", "x86.exe", "code", whole, "-h", "sha1")
        sign("token.exe", "x64.exe", "code", whole, "-h", "sha256", "-TSA-certs",
             str(a.bundle("stamp", "inner")), "-TSA-key", "stamp.key",
             "-TSA-time", "1224676800")
        (out / "unsigned.exe").write_bytes((here / "x86.exe").read_bytes())
        (out / "root.cer").write_bytes((here / "root.der").read_bytes())
        print(run("openssl", "x509", "-in", "root.pem", "-noout", "-fingerprint",
                  "-sha1", cwd=here).decode().strip())


if __name__ == "__main__":
    main()
