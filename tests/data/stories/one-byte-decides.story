# The clean answer, and the one byte that decides.
as xp-clean
says "ask control" smb/resp-s1-trans-clean-84b-p1
says "ask path" smb/resp-s1-trans-clean-7b-p2 at 96 57000000
expect infected netpath-invalid-parameter
