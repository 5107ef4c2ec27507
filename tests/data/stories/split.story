# One byte at a time is as good as whole messages.
as r01-infected-old
says "negotiate" split smb/resp-s1-negotiate-xp
says "ask path" split smb/resp-s1-trans-infected-ad-p2
expect infected netpath-invalid-parameter
