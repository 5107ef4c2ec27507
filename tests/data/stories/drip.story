# One byte every three seconds: our budget ends it, not our patience.
as xp-clean
says "ask path" drips smb/resp-s1-trans-clean-84b-p2
expect unknown slow
within 12000
