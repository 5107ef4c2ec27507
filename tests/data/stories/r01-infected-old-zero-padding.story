# Row R1: the padding does not decide.
as xp-clean
says "ask control" smb/resp-s1-trans-infected-ad-zero-p1
says "ask path" smb/resp-s1-trans-infected-ad-zero-p2
expect infected netpath-invalid-parameter
