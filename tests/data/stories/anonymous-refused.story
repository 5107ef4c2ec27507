# The simple null session is refused, the one with NTLMSSP is not.
as r01-infected-old
says "session setup" smb/resp-s1-session-logon-failure
again "negotiate" smb/resp-samba-s1-negotiate-ext
says "challenge" smb/resp-s1-session-ext1-xp
says "login" smb/resp-s1-session-xp
expect infected netpath-invalid-parameter
