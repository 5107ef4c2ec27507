# Row R14.
as xp-clean
says "ask control" smb/resp-s1-trans-clean-84b-p1
says "ask path" silent
expect unknown no-reply
