# Row R15 goes before all others: a honeypot of that shape.
as xp-clean
says "ask control" smb/resp-s1-trans-emulator-p1
says "ask path" smb/resp-s1-trans-infected-ad-p2
expect unknown not-genuine
